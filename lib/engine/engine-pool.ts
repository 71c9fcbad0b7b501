import { availableParallelism } from 'node:os'
import { EngineFailedError } from '../core/errors.ts'
import { checkInteger } from '../core/options.ts'
import { EngineWorker } from './engine-worker.ts'
import { JobQueue, type Urgency } from './job-queue.ts'
import { modelNamed } from './model-catalog.ts'
import { onAbort } from './on-abort.ts'
import {
  defaultModel,
  resolveEngine,
  type EngineModelOptions,
} from './resolve-engine.ts'
import { RoundRobin } from './round-robin.ts'
import type { VadResult, VadState } from './silero.ts'
import type {
  Answer,
  Recognition,
  Work,
  WorkerData,
} from './worker-protocol.ts'

/** Options of {@link EnginePool}. */
export type EnginePoolOptions = EngineModelOptions & {
  /**
   * How many worker threads recognise, one turn each at a time.
   * @default the number of cores
   */
  readonly workers?: number
}

/** Options of a job. */
export type JobOptions = {
  /** Withdraws it when aborted; what a worker is at already, it finishes. */
  readonly signal?: AbortSignal
  /**
   * Whose job it is: among equals, those who want something take turns.
   * @default a session of its own
   */
  readonly session?: object
}

/** Options of {@link EnginePool.recognize}. */
export type RecognizeOptions = JobOptions & {
  /** Whether somebody waits for it while they speak: goes before files. */
  readonly live?: boolean
}

/** Half a second: what a recogniser takes at least. */
const WARM_UP_SAMPLES = 8_000

/**
 * 30 s of files: on a core like those of docs/benchmarks.md another recogniser
 * loads in 1.4 s (tiny) or 1.8 s (base), in which the first does that much.
 */
const WORTH_LOADING = 480_000

/** 15 s: one turn of a file counts against files, however many went before. */
const FILE_CREDIT = 240_000

type Queued = {
  readonly job: Work
  readonly session: object
  readonly urgency: Urgency
  /** Samples: each takes about as long, but in a guess, which takes less. */
  readonly cost: number
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
  /** To be called when it waits no longer. */
  readonly taken: () => void
}

/**
 * The embedded engine: worker threads, one with a voice activity detector
 * and the others with a recogniser each, shared by any number of transcribers. Models are found or
 * fetched at the first job, workers start when there is work for them: one
 * recogniser for short files, all of them for live speech or after half a
 * minute. A worker that dies fails its job and is replaced for the next.
 *
 * A pool keeps no process alive by itself, but holds its models in memory
 * until {@link close}.
 */
export class EnginePool {
  readonly #options: EnginePoolOptions
  readonly #size: number
  readonly #model: string
  #data: Promise<WorkerData> | undefined
  /**
   * The first is for voice activity alone. That costs little, but nothing is
   * recognised before it and no turn ends without it.
   */
  #workers: (EngineWorker | undefined)[]
  readonly #detections = new RoundRobin<Queued>()
  readonly #recognitions = new JobQueue<Queued>(FILE_CREDIT)
  /** Samples of files to recognise so far; no end of them once it is live. */
  #asked = 0
  #warm: Promise<void> | undefined
  #closed = false

  constructor(options: EnginePoolOptions = {}) {
    const { workers = availableParallelism() } = options
    checkInteger('workers', workers, 1, 256)
    this.#model = modelNamed(options.model ?? defaultModel(false)).name
    this.#options = options
    this.#size = workers
    this.#workers = Array.from({ length: workers + 1 })
  }

  /** Full name of the recogniser. */
  get model(): string {
    return this.#model
  }

  /** How many turns are worked on at once. */
  get size(): number {
    return this.#size
  }

  /**
   * Finds or fetches the models, so that the first job does not wait for it.
   *
   * @throws {ModelMissingError} where they can't be had
   */
  async ready(): Promise<void> {
    await this.#models()
  }

  /**
   * Starts all workers and loads their models, so that live speech does not
   * wait for it. Resolves when they are warm.
   */
  warmUp(): Promise<void> {
    const silence = () => new Float32Array(WARM_UP_SAMPLES)
    this.#warm ??= Promise.all([
      this.detect(silence()),
      ...Array.from({ length: this.#size }, () => this.guess(silence(), [])),
    ]).then(() => {})
    this.#warm.catch(() => (this.#warm = undefined))
    return this.#warm
  }

  /**
   * Rates frames of 16 kHz audio for speech. The samples' memory moves to the
   * worker and must not be used again.
   */
  async detect(
    samples: Float32Array<ArrayBuffer>,
    state?: VadState,
    options: JobOptions = {},
  ): Promise<VadResult> {
    const job: Work = { type: 'detect', samples, ...(state && { state }) }
    const answer = await this.#enqueue(job, 'guess', options)
    return (answer as Answer & { type: 'detected' }).result
  }

  /**
   * Words of a stretch of 16 kHz audio, 15 s at most by rights.
   *
   * @param spoken whether words are certain to be in it
   */
  async recognize(
    samples: Float32Array<ArrayBuffer>,
    spoken: boolean,
    { live = false, ...options }: RecognizeOptions = {},
  ): Promise<Recognition> {
    const job: Work = { type: 'recognize', samples, spoken, hurried: live }
    const answer = await this.#enqueue(job, live ? 'final' : 'file', options)
    return (answer as Answer & { type: 'recognized' }).result
  }

  /**
   * What is heard so far in a stretch of 16 kHz audio that goes on.
   *
   * @param draft tokens heard in it the last time
   */
  async guess(
    samples: Float32Array<ArrayBuffer>,
    draft: readonly number[],
    options: JobOptions = {},
  ): Promise<Recognition> {
    const job: Work = { type: 'guess', samples, draft }
    const answer = await this.#enqueue(job, 'guess', options)
    return (answer as Answer & { type: 'recognized' }).result
  }

  /** Ends the workers; what is under way fails with `VOX_ENGINE_FAILED`. */
  async close(): Promise<void> {
    this.#closed = true
    const error = new EngineFailedError('the engine is closed')
    for (const queue of [this.#detections, this.#recognitions])
      for (let next = queue.take(); next; next = queue.take()) {
        next.taken()
        next.reject(error)
      }
    await Promise.all(this.#workers.map(async worker => worker?.close()))
  }

  /** Same as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #models(): Promise<WorkerData> {
    const found = (this.#data ??= resolveEngine(this.#options))
    // After a failure the next job may try again.
    found.catch(() => (this.#data = undefined))
    return found
  }

  async #enqueue(
    job: Work,
    urgency: Urgency,
    { signal, session = {} }: JobOptions,
  ): Promise<Answer> {
    const data = await this.#models()
    signal?.throwIfAborted()
    if (this.#closed) throw new EngineFailedError('the engine is closed')
    const queue = this.#queueOf(job)
    return new Promise((resolve, reject) => {
      const cost = job.samples.length
      if (job.type !== 'detect')
        this.#asked += urgency === 'file' ? cost : Infinity
      const withdraw = (): void => {
        queue.remove(queued)
        reject(signal!.reason as Error)
      }
      const taken = signal ? onAbort(signal, withdraw) : (): void => {}
      const queued = { job, session, urgency, cost, resolve, reject, taken }
      queue.add(queued)
      this.#dispatch(data)
    })
  }

  #queueOf(job: Work): RoundRobin<Queued> | JobQueue<Queued> {
    return job.type === 'detect' ? this.#detections : this.#recognitions
  }

  /** Gives what is queued to whoever is free. */
  #dispatch(data: WorkerData): void {
    if (this.#closed) return
    this.#give(0, this.#detections, data)
    // The first recogniser loads while speech is looked for.
    if (!this.#workers[1]) {
      const first = new EngineWorker(data)
      first.prepare()
      this.#workers[1] = first
    }
    const recognisers = this.#asked > WORTH_LOADING ? this.#size : 1
    for (let i = 1; i <= recognisers; i++)
      this.#give(i, this.#recognitions, data)
  }

  #give(
    index: number,
    queue: RoundRobin<Queued> | JobQueue<Queued>,
    data: WorkerData,
  ): void {
    let worker = this.#workers[index]
    if (worker?.busy) return
    const next = queue.take()
    if (!next) return
    next.taken()
    if (!worker || worker.failure) {
      worker = new EngineWorker(data)
      this.#workers[index] = worker
    }
    const { resolve, reject, job } = next
    worker
      .run(job)
      .then(resolve, reject)
      .finally(() => this.#dispatch(data))
  }
}
