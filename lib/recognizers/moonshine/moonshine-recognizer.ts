import { availableParallelism } from 'node:os'
import { OptionError, EngineFailedError } from '../../core/errors.ts'
import { checkInteger } from '../../core/options.ts'
import type { EngineModels, Answer, Job } from '../engine/engine-messages.ts'
import { checkEngine, EngineProcess } from '../engine/engine-process.ts'
import type { VadState } from '../engine/silero.ts'
import { modelNamed } from '../model-catalog.ts'
import { resolveModel, type ResolveModelOptions } from '../model-store.ts'
import {
  onAbort,
  type PartialOptions,
  type Recognition,
  type RecognizeOptions,
  type Recognizer,
} from '../recognizer.ts'
import type {
  JobOptions,
  DetectOptions,
  VoiceActivity,
  VoiceActivityResult,
} from '../voice-activity.ts'
import type { MoonshineResult } from './recognize.ts'
import { JobQueue, type Priority, RoundRobin } from './job-queue.ts'

/**
 * Returns the default recogniser: `tiny` for files; `base` for live speech,
 * where it shows words earlier.
 */
export const defaultModel = (live: boolean): string => (live ? 'base' : 'tiny')

/** Options of {@link MoonshineRecognizer}. */
export type MoonshineRecognizerOptions = ResolveModelOptions & {
  /**
   * `tiny` (fast, 28 MB on disk) or `base` (fewer mistakes, 63 MB on disk). The
   * full names `moonshine-tiny` and `moonshine-base` work too. English only.
   * @default 'tiny'
   */
  readonly model?: string | undefined
  /**
   * Number of threads that recognise, each one turn at a time.
   * @default the number of cores
   */
  readonly workers?: number
}

/**
 * Finds the files of a recogniser and of the voice activity detector.
 *
 * @throws {UnknownModelError}
 * @throws {ModelMissingError} if they are missing and cannot be downloaded
 * @throws {ModelCorruptError} if a file differs from the published one
 * @internal its types are those of onnxruntime, which need the DOM's
 */
export const resolveEngine = async ({
  model = defaultModel(false),
  ...options
}: Omit<MoonshineRecognizerOptions, 'workers'>): Promise<EngineModels> => {
  const { name, shape } = modelNamed(model)
  if (!shape) throw new OptionError('model', `'${model}' is not a recogniser`)
  const { encoder, decoder } = await resolveModel(name, options)
  const { vad } = await resolveModel('silero-vad', options)
  return { vad, recogniser: { encoder, decoder, ...shape } }
}

/** Half a second: the recogniser's minimum. */
const WARM_UP_SAMPLES = 8_000

/** 30 s of files; the first thread needs as long as another takes to load. */
const LOAD_ALL_FROM_SAMPLES = 480_000

/** 15 s: at most one earlier turn of a file counts against files. */
const FILE_CREDIT = 240_000

type QueuedJob = {
  readonly job: Job
  readonly session: object
  readonly priority: Priority
  readonly cost: number
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
  readonly onTaken: () => void
}

type Queue = RoundRobin<QueuedJob> | JobQueue<QueuedJob>

/**
 * The embedded engine for English: a child process whose threads any number of
 * transcribers share. One thread detects voice activity; each of the others
 * loads Moonshine. The first job finds or downloads the models. Threads start
 * when needed: one recogniser for short files, all of them for live speech or
 * once 30 s of audio was queued.
 *
 * If the process crashes, pending jobs fail with `VOX_ENGINE_FAILED`, and the
 * next job starts a new process. An idle engine does not keep your process
 * alive, but holds its models in memory until {@link close}. The child always
 * ends with your process.
 */
export class MoonshineRecognizer implements Recognizer {
  /** Full name of the model. */
  readonly model: string
  /** Number of turns transcribed in parallel. */
  readonly size: number
  readonly languages = ['en']
  readonly wordTimes = 'attention'
  readonly voiceActivity: VoiceActivity = {
    detect: (samples, options) => this.#detect(samples, options),
  }

  readonly #options: MoonshineRecognizerOptions
  #models: Promise<EngineModels> | undefined
  #process: EngineProcess | undefined
  /**
   * Threads with a job. The first only detects voice activity, which takes
   * little time but delays all recognition.
   */
  readonly #busy = new Set<number>()
  readonly #detections = new RoundRobin<QueuedJob>()
  readonly #recognitions = new JobQueue<QueuedJob>(FILE_CREDIT)
  /** Samples of all files queued so far; Infinity after any live speech. */
  #queuedFileSamples = 0
  #warm: Promise<void> | undefined
  #closed = false

  /**
   * @throws {EngineMissingError} if the speech engine is not installed
   * @throws {UnknownModelError}
   */
  constructor(options: MoonshineRecognizerOptions = {}) {
    const { workers = availableParallelism() } = options
    checkInteger('workers', workers, 1, 256)
    this.model = modelNamed(options.model ?? defaultModel(false)).name
    checkEngine()
    this.#options = options
    this.size = workers
  }

  /**
   * Starts the process and finds or downloads the models, so that the first job
   * need not wait.
   *
   * @throws {ModelMissingError} if they cannot be downloaded
   */
  async ready(): Promise<void> {
    this.#ensureProcess()
    await this.#findModels()
  }

  /**
   * Starts all threads and loads their models, so that live speech need not
   * wait. Resolves when they are ready.
   */
  warmUp(): Promise<void> {
    const silence = () => new Float32Array(WARM_UP_SAMPLES)
    this.#warm ??= Promise.all([
      this.#detect(silence()),
      ...Array.from({ length: this.size }, () =>
        this.recognizePartial(silence(), {}),
      ),
    ]).then(() => {})
    this.#warm.catch(() => (this.#warm = undefined))
    return this.#warm
  }

  /** @throws {EngineFailedError} and what {@link ready} throws */
  async recognize(
    samples: Float32Array,
    { live = false, spoken = false, ...options }: RecognizeOptions = {},
  ): Promise<Required<Pick<Recognition, 'words'>>> {
    const job: Job = { type: 'recognize', samples, spoken, live }
    return this.#recognition(job, live ? 'final' : 'file', options)
  }

  /** @throws {EngineFailedError} and what {@link ready} throws */
  async recognizePartial(
    samples: Float32Array,
    { draft = [], ...options }: PartialOptions = {},
  ): Promise<Required<Pick<Recognition, 'words'>>> {
    const tokens = draft.flatMap(({ tokens = [] }) => tokens)
    const job: Job = { type: 'partial', samples, draft: tokens }
    return this.#recognition(job, 'partial', options)
  }

  /**
   * Ends the process immediately. Pending jobs fail with `VOX_ENGINE_FAILED`.
   */
  async close(): Promise<void> {
    this.#closed = true
    const error = new EngineFailedError('the engine is closed')
    for (const queue of [this.#detections, this.#recognitions])
      for (let next = queue.take(); next; next = queue.take()) {
        next.onTaken()
        next.reject(error)
      }
    await this.#process?.close()
  }

  /** Same as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #detect(
    samples: Float32Array,
    { state, ...options }: DetectOptions = {},
  ): Promise<VoiceActivityResult> {
    const known = state ? { state: state as VadState } : {}
    const job: Job = { type: 'detect', samples, ...known }
    const answer = await this.#enqueue(job, 'partial', options)
    return (answer as Answer & { type: 'detected' }).result
  }

  async #recognition(
    job: Job,
    priority: Priority,
    options: JobOptions,
  ): Promise<MoonshineResult> {
    const answer = await this.#enqueue(job, priority, options)
    return (answer as Answer & { type: 'recognized' }).result
  }

  #findModels(): Promise<EngineModels> {
    const found = (this.#models ??= resolveEngine(this.#options))
    // After a failure, the next job may try again.
    found.catch(() => (this.#models = undefined))
    return found
  }

  #ensureProcess(): EngineProcess {
    if (this.#closed) throw new EngineFailedError('the engine is closed')
    if (!this.#process || this.#process.failure)
      this.#process = new EngineProcess()
    return this.#process
  }

  async #enqueue(
    job: Job,
    priority: Priority,
    { signal, session = {} }: JobOptions,
  ): Promise<Answer> {
    const models = await this.#findModels()
    signal?.throwIfAborted()
    if (this.#closed) throw new EngineFailedError('the engine is closed')
    const detects = job.type === 'detect'
    const queue: Queue = detects ? this.#detections : this.#recognitions
    return new Promise((resolve, reject) => {
      const cost = job.samples.length
      if (!detects)
        this.#queuedFileSamples += priority === 'file' ? cost : Infinity
      const abort = (): void => {
        queue.remove(queued)
        reject(signal!.reason as Error)
      }
      const onTaken = signal ? onAbort(signal, abort) : (): void => {}
      const queued = { job, session, priority, cost, resolve, reject, onTaken }
      queue.add(queued)
      this.#dispatch(models)
    })
  }

  #dispatch(models: EngineModels): void {
    if (this.#closed) return
    this.#assign(0, this.#detections, models)
    const loadsAll = this.#queuedFileSamples > LOAD_ALL_FROM_SAMPLES
    for (let thread = 1; thread <= (loadsAll ? this.size : 1); thread++)
      this.#assign(thread, this.#recognitions, models)
  }

  #assign(thread: number, queue: Queue, models: EngineModels): void {
    if (this.#busy.has(thread)) return
    const next = queue.take()
    if (!next) return
    next.onTaken()
    this.#busy.add(thread)
    this.#run(thread, next.job, models)
      .then(next.resolve, next.reject)
      .finally(() => {
        this.#busy.delete(thread)
        this.#dispatch(models)
      })
  }

  async #run(thread: number, job: Job, models: EngineModels): Promise<Answer> {
    const engine = this.#ensureProcess()
    // The first recogniser loads during voice activity detection.
    if (engine.use(models)) engine.load(1)
    return engine.run(thread, job)
  }
}
