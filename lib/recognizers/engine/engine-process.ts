import { existsSync } from 'node:fs'
import Module from 'node:module' // webpack would try to bundle `createRequire`
import { pathToFileURL } from 'node:url'
import {
  EngineFailedError,
  EngineMissingError,
  BundledError,
} from '../../core/errors.ts'
import { ForkedModule } from '../../io/child-process.ts'
import type {
  Answer,
  EngineMessage,
  EngineModels,
  Job,
  TaskAnswer,
} from './engine-messages.ts'
import { REQUIRED_PERMISSIONS } from './required-permissions.ts'

type PendingAnswer = {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

/**
 * The child process that runs the engine's native code. Only a process's
 * environment can disable onnxruntime's telemetry, and a native call that
 * returns into an ending thread aborts its process
 * (docs/decisions/0014-the-engine-has-a-process.md). It keeps the parent alive
 * during a job and ends with the parent.
 */
export class EngineProcess {
  readonly #child: ForkedModule
  readonly #pending = new Map<number, PendingAnswer>()
  #models: EngineModels | undefined
  #jobs = 0
  #failure: Error | undefined

  /**
   * @throws {BundledError} if a bundler omitted its program
   * @throws {EngineFailedError} if the system does not allow a process
   */
  constructor() {
    const entry = findEntry()
    if (!entry)
      throw new BundledError('the speech engine', 'its program is missing')
    try {
      this.#child = new ForkedModule(entry, {
        env: { ORT_DISABLE_TELEMETRY: '1' },
        onMessage: message => this.#settle(message as TaskAnswer),
        onEnd: (how, lastLine) => this.#fail(endError(how, lastLine)),
      })
    } catch (cause) {
      const { message } = cause as Error
      throw new EngineFailedError(
        `the process of the speech engine cannot be started: ${message}` +
          (isDenied(message)
            ? `; start Node with ${REQUIRED_PERMISSIONS}`
            : ''),
        { cause },
      )
    }
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get failure(): Error | undefined {
    return this.#failure
  }

  /**
   * Sends the paths of the models, before the first job. Returns whether they
   * are new to the process.
   */
  use(models: EngineModels): boolean {
    if (this.#models === models) return false
    this.#models = models
    this.#send({ models })
    return true
  }

  /** Makes a thread load its recogniser. A job may follow immediately. */
  load(thread: number): void {
    // A job that needs it reports the error.
    this.#send({ thread, task: 'load' })
  }

  run(thread: number, job: Job): Promise<Answer> {
    if (this.#failure) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      const id = ++this.#jobs
      if (this.#pending.size === 0) this.#child.ref()
      this.#pending.set(id, { resolve, reject })
      this.#send({ thread, task: { id, job } })
    })
  }

  async close(): Promise<void> {
    this.#fail(new EngineFailedError('the engine is closed'))
    await this.#child.kill()
  }

  #send(message: EngineMessage): void {
    this.#child.send(message)
  }

  #settle({ id, answer }: TaskAnswer): void {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    if (this.#pending.size === 0) this.#child.unref()
    if (answer.type === 'failed') pending?.reject(errorOf(answer))
    else pending?.resolve(answer)
  }

  #fail(failure: Error): void {
    this.#failure ??= failure
    for (const { reject } of this.#pending.values()) reject(this.#failure)
    this.#pending.clear()
    this.#child.unref()
  }
}

const isDenied = (message: string): boolean =>
  message.includes('Access to this API has been restricted')

const endError = (how: string, lastLine: string): Error =>
  new EngineFailedError(
    `the process of the speech engine ended with ${how}${lastLine && ` (${lastLine})`}; ` +
      (isDenied(lastLine)
        ? `start Node with ${REQUIRED_PERMISSIONS}`
        : 'try again, and run "voxpipe doctor" if it ends again'),
  )

const errorOf = ({ code, message }: Answer & { type: 'failed' }): Error =>
  code === 'VOX_ENGINE_MISSING'
    ? new EngineMissingError(message)
    : new EngineFailedError(`the speech engine failed: ${message}`)

/** A CommonJS bundle's own path; a module has none. */
declare const __filename: string | undefined

/** Absent in a CommonJS bundle, whatever its type says. */
const self = import.meta.url as string | undefined

/** Only the package has the file next to this one; a bundle has not. */
const siblingEntry = (): URL | undefined => {
  if (self === undefined || !/\/engine\/engine-process\.[jt]s$/.test(self))
    return
  // Tools that trace files find both names only in this form.
  return new URL(
    self.endsWith('.ts') ? './engine-main.ts' : './engine-main.js',
    self,
  )
}

/** Finds the file of the package that is installed for a path or URL. */
const installedEntry = (from: string | undefined): URL | undefined => {
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
 * Returns the program of the engine's process. Bundlers omit it from a bundle,
 * so a bundled voxpipe runs that of the installed package.
 */
const findEntry = (): URL | undefined => {
  const bundle = typeof __filename === 'string' ? __filename : undefined
  return [siblingEntry(), installedEntry(self), installedEntry(bundle)].find(
    entry => entry && existsSync(entry),
  )
}

/**
 * Checks that the inference runtime is installed. It is an optional dependency,
 * which npm leaves out without a message if its install script fails.
 *
 * @throws {EngineMissingError}
 */
export const checkEngine = (): void => {
  const entry = findEntry()
  if (!entry) return // reported when the process starts
  try {
    Module.createRequire(entry).resolve('onnxruntime-node')
  } catch (cause) {
    // Without permission to read, the process reports what to do.
    if ((cause as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') return
    throw new EngineMissingError(
      'the speech engine is not installed (onnxruntime-node); ' +
        'run: ONNXRUNTIME_NODE_INSTALL=skip npm i onnxruntime-node@1.30',
      { cause },
    )
  }
}
