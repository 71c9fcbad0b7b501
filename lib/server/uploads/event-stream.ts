import type { ServerResponse } from 'node:http'
import type { FinalEvent } from '../../core/transcript-event.ts'
import { logprobsOf, piecesOf } from '../../openai/wire/spoken-text.ts'
import type { ServiceErrorBody } from '../../openai/wire/service-error.ts'
import { type Spoken, extrasOf } from '../../openai/wire/answers.ts'
import { logprobsIn } from '../logprob.ts'
import { endAnswer } from '../send.ts'

/** An answer in events: what is heard, as it is heard. */
export class EventStream {
  readonly #response: ServerResponse
  readonly #logprobs: boolean
  #begun = false

  /**
   * Sends the headers.
   *
   * @param logprobs whether it is told how likely each word is
   */
  constructor(response: ServerResponse, logprobs: boolean) {
    this.#response = response
    this.#logprobs = logprobs
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
    })
    response.flushHeaders()
  }

  /** A turn, in pieces that join to its text and the space before it. */
  final({ text, words = [] }: FinalEvent): void {
    const pieces = piecesOf(this.#begun ? ` ${text}` : text)
    this.#begun = true
    const known = this.#logprobs ? logprobsIn(pieces, words) : []
    for (const [i, delta] of pieces.entries())
      this.#event({
        type: 'transcript.text.delta',
        delta,
        ...(known[i] !== undefined && {
          logprobs: logprobsOf([delta], [known[i]]),
        }),
      })
  }

  /** The whole, and the end. */
  done(spoken: Spoken): void {
    this.#event({
      type: 'transcript.text.done',
      text: spoken.heard.text,
      ...extrasOf(spoken),
    })
    this.#response.write('data: [DONE]\n\n')
    endAnswer(this.#response)
  }

  /** What went wrong, and the end. */
  fail(error: ServiceErrorBody): void {
    this.#event({ error })
    endAnswer(this.#response)
  }

  #event(value: unknown): void {
    this.#response.write(`data: ${JSON.stringify(value)}\n\n`)
  }
}
