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
   * Answers an upload. A client that is gone frees all that it held. If it
   * leaves while its upload waits in the queue with a body of more than Node
   * reads ahead, the upload keeps its place until its turn.
   *
   * @throws Refused, FieldError or whatever went wrong, where no answer has
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

  /** Resolves once all that is under way is answered. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#jobs.values())
  }

  /** Drops what is under way. */
  terminate(): void {
    for (const abort of this.#jobs.keys())
      abort.abort(new Error('the server is closed'))
  }

  async #run(
    request: IncomingMessage,
    response: ServerResponse,
    abort: AbortController,
  ): Promise<void> {
    formType(request.headers['content-type']) // no place in the queue for less
    const leave = await this.#admission.enter(abort.signal)
    try {
      await new UploadJob(this.#context, request, response, abort).run()
    } finally {
      leave()
    }
  }
}
