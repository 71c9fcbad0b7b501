import type { IncomingMessage, ServerResponse } from 'node:http'
import { rateLimited } from '../../openai/wire/service-error.ts'
import { HttpError } from '../http-messages.ts'
import type { ServerContext } from '../server-context.ts'
import type { ResolvedServerOptions } from '../server-options.ts'
import { formType } from './form-reader.ts'
import { UploadJob } from './upload-job.ts'

type AdmissionLimits = Pick<ResolvedServerOptions, 'maxUploads' | 'maxWaiting'>

/** Weight of the last upload in the moving average. */
const WEIGHT = 0.2

/** Average before the first upload is done, in ms. */
const FIRST_ESTIMATE_MS = 2_000

const MAX_RETRY_S = 120

const overloaded = rateLimited(
  'Too many concurrent uploads: the queue of this server is full. Please try again later.',
)

/** Limits concurrent uploads; others wait in order of arrival. */
export class Admission {
  readonly #limits: AdmissionLimits
  readonly #onChange: (running: number, waiting: number) => void
  readonly #queue = new Set<() => void>()
  #running = 0
  #averageMs = FIRST_ESTIMATE_MS

  /** @param onChange called with the numbers of running and waiting uploads */
  constructor(
    limits: AdmissionLimits,
    onChange: (running: number, waiting: number) => void = () => {},
  ) {
    this.#limits = limits
    this.#onChange = onChange
  }

  /**
   * Waits for a place; returns a function that frees it.
   * @param signal leaves the queue
   * @throws HttpError with 429 if too many wait
   */
  async enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    if (this.#running < this.#limits.maxUploads) this.#running++
    else await this.#wait(signal)
    this.#report()
    const start = performance.now()
    let left = false
    return () => {
      if (left) return
      left = true
      this.#averageMs += WEIGHT * (performance.now() - start - this.#averageMs)
      this.#leave()
    }
  }

  get #retryAfter(): number {
    const turns = (this.#queue.size + 1) / this.#limits.maxUploads
    const seconds = Math.ceil((turns * this.#averageMs) / 1_000)
    return Math.min(MAX_RETRY_S, Math.max(1, seconds))
  }

  async #wait(signal: AbortSignal): Promise<void> {
    if (this.#queue.size >= this.#limits.maxWaiting)
      throw new HttpError(429, overloaded, {
        'retry-after': String(this.#retryAfter),
      })
    await new Promise<void>((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = (): void => {
        this.#queue.delete(enter)
        this.#report()
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#queue.add(enter)
      this.#report()
    })
  }

  #leave(): void {
    const [next] = this.#queue
    if (next) this.#queue.delete(next)
    else this.#running--
    this.#report()
    next?.()
  }

  #report(): void {
    this.#onChange(this.#running, this.#queue.size)
  }
}

/** Serves `POST /v1/audio/transcriptions`. */
export class UploadEndpoint {
  readonly #context: ServerContext
  readonly #admission: Admission
  readonly #jobs = new Map<AbortController, Promise<void>>()

  constructor(context: ServerContext) {
    this.#context = context
    this.#admission = new Admission(context.options, (running, waiting) =>
      context.metrics.uploads(running, waiting),
    )
  }

  /**
   * Answers an upload. Drops its work if the client disconnects; but an upload
   * that waits with more than Node reads ahead keeps its place in the queue.
   * @throws HttpError, FieldError or another error if no answer has begun
   */
  async answer(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const abort = new AbortController()
    response.once('close', () =>
      abort.abort(new Error('the client disconnected')),
    )
    const job = this.#run(request, response, abort)
    this.#jobs.set(abort, job)
    try {
      await job
    } finally {
      this.#jobs.delete(abort)
    }
  }

  /** Resolves when all current uploads are answered. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#jobs.values())
  }

  terminate(): void {
    for (const abort of this.#jobs.keys())
      abort.abort(new Error('the server is closed'))
  }

  async #run(
    request: IncomingMessage,
    response: ServerResponse,
    abort: AbortController,
  ): Promise<void> {
    formType(request.headers['content-type']) // before it takes a place in the queue
    const leave = await this.#admission.enter(abort.signal)
    try {
      await new UploadJob(this.#context, request, response, abort).run()
    } finally {
      leave()
    }
  }
}
