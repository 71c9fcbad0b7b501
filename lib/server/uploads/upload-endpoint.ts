import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerContext } from '../server-context.ts'
import { Admission } from './admission.ts'
import { formType } from './form-reader.ts'
import { UploadJob } from './upload-job.ts'

/** The transcription endpoint: `POST /v1/audio/transcriptions`. */
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
   * Answers an upload. If the client disconnects, its work is dropped; but an
   * upload that waits with a body of more than Node reads ahead keeps its place in
   * the queue until its turn.
   *
   * @throws HttpError, FieldError or whatever went wrong, where no answer has
   * begun
   */
  async answer(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const abort = new AbortController()
    response.once('close', () => abort.abort(new Error('the client is gone')))
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

  /** Drops all current uploads. */
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
