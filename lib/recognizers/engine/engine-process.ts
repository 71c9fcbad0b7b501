import { existsSync } from 'node:fs'
import Module from 'node:module'
import { pathToFileURL } from 'node:url'
import { EngineFailedError, EngineMissingError, BundledError } from '../../core/errors.ts'
import { ForkedModule } from '../../io/forked-module.ts'
import { type Answer, type EngineMessage, type EngineModels, type Job, PERMISSIONS, type ThreadAnswer } from './engine-messages.ts'

type Waiting = {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

/**
 * The process in which the engine's native code runs, with threads of its
 * own. onnxruntime's telemetry can only be switched off in the environment
 * of a process, and a native call that returns into a thread that is ending
 * aborts its process: neither may be that of an application
 * (docs/decisions/0014-the-engine-has-a-process.md).
 *
 * It keeps this process alive while a job is under way, and ends with it.
 */
export class EngineProcess {
  readonly #child: ForkedModule
  readonly #waiting = new Map<number, Waiting>()
  #models: EngineModels | undefined
  #jobs = 0
  #failure: Error | undefined

  /**
   * Starts the process, which loads nothing yet.
   *
   * @throws {BundledError} if a bundler left its program out
   * @throws {EngineFailedError} if the system does not allow it
   */
  constructor() {
    const entry = engineEntry()
    try {
      this.#child = new ForkedModule(entry, {
        env: { ORT_DISABLE_TELEMETRY: '1' },
        onMessage: message => this.#settle(message as ThreadAnswer),
        onEnd: (how, said) => this.#fail(endedWith(how, said)),
      })
    } catch (cause) {
      const { message } = cause as Error
      throw new EngineFailedError(
        `the process of the speech engine cannot be started: ${message}` +
          (isDenied(message) ? `; start Node with ${PERMISSIONS}` : ''),
        { cause },
      )
    }
  }

  /** Process id, for those who measure it. */
  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Why it can take no more jobs, if it can't. */
  get failure(): Error | undefined {
    return this.#failure
  }

  /**
   * Says where the models are; comes before the first job.
   *
   * @returns whether it did not know them yet
   */
  use(models: EngineModels): boolean {
    if (this.#models === models) return false
    this.#models = models
    this.#send({ models })
    return true
  }

  /** Has a thread load its recogniser; a job may follow at once. */
  load(thread: number): void {
    // What fails here fails again at the job, which reports it.
    this.#send({ thread, task: 'load' })
  }

  /** Has a thread do a job, after those it was given before. */
  run(thread: number, job: Job): Promise<Answer> {
    if (this.#failure) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      const id = ++this.#jobs
      if (this.#waiting.size === 0) this.#child.ref()
      this.#waiting.set(id, { resolve, reject })
      this.#send({ thread, task: { id, job } })
    })
  }

  /** Ends the process at once; jobs under way are rejected. */
  async close(): Promise<void> {
    this.#fail(new EngineFailedError('the engine is closed'))
    await this.#child.kill()
  }

  #send(message: EngineMessage): void {
    this.#child.send(message)
  }

  #settle({ id, answer }: ThreadAnswer): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (this.#waiting.size === 0) this.#child.unref()
    if (answer.type === 'failed') waiting?.reject(errorOf(answer))
    else waiting?.resolve(answer)
  }

  #fail(failure: Error): void {
    this.#failure ??= failure
    for (const { reject } of this.#waiting.values()) reject(this.#failure)
    this.#waiting.clear()
    this.#child.unref()
  }
}

/** Whether Node's permission model forbade what the engine needs. */
const isDenied = (message: string): boolean =>
  message.includes('Access to this API has been restricted')

const endedWith = (how: string, said: string): Error =>
  new EngineFailedError(
    `the process of the speech engine ended with ${how}${said && ` (${said})`}; ` +
      (isDenied(said)
        ? `start Node with ${PERMISSIONS}`
        : 'run it again, and "voxpipe doctor" if it ends again'),
  )

const errorOf = ({ code, message }: Answer & { type: 'failed' }): Error =>
  code === 'VOX_ENGINE_MISSING'
    ? new EngineMissingError(message)
    : new EngineFailedError(`the speech engine failed: ${message}`)

// webpack would try to bundle `createRequire`

/** A CommonJS bundle's own path; a module has none. */
declare const __filename: string | undefined

/** Absent in a CommonJS bundle, whatever its type says. */
const self = import.meta.url as string | undefined

/** The file beside this one; beside a bundle, it would be the application's. */
const neighbour = (): URL | undefined => {
  if (self === undefined || !/\/engine\/engine-entry\.[jt]s$/.test(self)) return
  // Both names in full: tools that trace files find them by this form.
  return new URL(
    self.endsWith('.ts') ? './engine-main.ts' : './engine-main.js',
    self,
  )
}

/** The file in the installed package, as a module at a place would find it. */
const installed = (from: string | undefined): URL | undefined => {
  if (from === undefined) return
  try {
    const found = Module.createRequire(from).resolve('voxpipe/package.json')
    return new URL(
      './dist/recognizers/engine/engine-main.js',
      pathToFileURL(found),
    )
  } catch {
    return // not installed there
  }
}

/**
 * Returns the file that the engine's process runs. Bundlers leave it out of a
 * bundle; a bundled voxpipe runs the one of the installed package.
 *
 * @throws {BundledError} if there is none
 */
const engineEntry = (): URL => {
  const bundle = typeof __filename === 'string' ? __filename : undefined
  for (const entry of [neighbour(), installed(self), installed(bundle)])
    if (entry && existsSync(entry)) return entry
  throw new BundledError('the speech engine', 'its program is missing')
}
