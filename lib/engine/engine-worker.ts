import { Worker } from 'node:worker_threads'
import { EngineFailedError, EngineMissingError } from '../core/errors.ts'
import type { Answer, Job, Work, WorkerData } from './worker-protocol.ts'

type Waiting = {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

const entry = new URL(
  import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js',
  import.meta.url,
)

/** One worker thread of the pool, which does one job at a time. */
export class EngineWorker {
  readonly #worker: Worker
  #waiting: Waiting | undefined
  #busy = false
  #failure: Error | undefined
  #prepared: Promise<unknown> = Promise.resolve()
  #answered: Promise<unknown> = Promise.resolve()

  constructor(workerData: WorkerData) {
    // The recogniser is native: JavaScript's own heap stays small.
    this.#worker = new Worker(entry, { workerData, stdin: false })
    this.#worker.on('message', (answer: Answer) => {
      const waiting = this.#waiting
      this.#waiting = undefined
      if (answer.type === 'failed') waiting?.reject(asError(answer))
      else waiting?.resolve(answer)
    })
    this.#worker.on('error', error => this.#die(error))
    this.#worker.on('exit', code =>
      this.#die(new Error(`its thread ended with code ${code}`)),
    )
    this.#worker.unref()
  }

  get busy(): boolean {
    return this.#busy
  }

  /** Why it can take no more jobs, if it can't. */
  get failure(): Error | undefined {
    return this.#failure
  }

  /** Loads the recogniser; a job may be given to it meanwhile. */
  prepare(): void {
    // What fails here fails again at the job, which tells of it.
    this.#prepared = this.#ask({ type: 'prepare' }).catch(() => undefined)
  }

  /** Does a job; must not be called while it is busy. */
  async run(job: Work): Promise<Answer> {
    this.#busy = true
    try {
      await this.#prepared
      return await this.#ask(job)
    } finally {
      this.#busy = false
    }
  }

  #ask(job: Job): Promise<Answer> {
    if (this.#failure) return Promise.reject(this.#failure)
    // While there is work, the process must stay for its answer.
    this.#worker.ref()
    const answer = new Promise<Answer>((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#worker.postMessage(job)
    }).finally(() => this.#worker.unref())
    this.#answered = answer.catch(() => undefined)
    return answer
  }

  /**
   * Ends the thread, after the job it is at: the runtime aborts the whole
   * process when its thread is ended in mid-inference.
   */
  async close(): Promise<void> {
    this.#failure ??= new EngineFailedError('the engine is closed')
    await this.#answered
    await this.#worker.terminate()
  }

  #die(cause: Error): void {
    this.#failure ??= new EngineFailedError(
      `the speech engine stopped: ${cause.message}; ` +
        'run it again, and "voxpipe doctor" if it stops again',
      { cause },
    )
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.reject(this.#failure)
  }
}

const asError = (answer: Answer & { type: 'failed' }): Error =>
  answer.code === 'VOX_ENGINE_MISSING'
    ? new EngineMissingError(answer.message)
    : new EngineFailedError(`the speech engine failed: ${answer.message}`)
