import type { ServerResponse } from 'node:http'
import { formatCaptions } from '../../captions/caption-formatter.ts'
import type { FinalEvent } from '../../core/transcript-event.ts'
import {
  type Content,
  type Spoken,
  answers,
  extrasOf,
  logprobsOf,
} from '../../openai/wire/answers.ts'
import { refuse } from '../../openai/wire/request-fields.ts'
import type { ServiceErrorBody } from '../../openai/wire/service-error.ts'
import { endResponse } from '../http-messages.ts'

/**
 * The body of an answer. Captions have a cue per turn, and several for a long
 * turn, so that each can be read.
 *
 * @throws FieldError if times of words are wanted that the recogniser does not
 * give
 */
export const contentOf = (
  spoken: Spoken,
  finals: readonly FinalEvent[],
): Content => {
  const { format, granularities } = spoken.fields
  if (granularities.includes('word') && finals.some(({ words }) => !words))
    refuse(
      'unsupported_value',
      "This server does not know when each word is spoken. Use timestamp_granularities 'segment'.",
      'timestamp_granularities',
    )
  if (format !== 'srt' && format !== 'vtt') return answers[format]!(spoken)
  return {
    type: 'text/plain; charset=utf-8',
    body: formatCaptions(finals, { format }),
  }
}

/** An event of a streamed answer. */
export type UploadEvent = { readonly type: string } & Readonly<
  Record<string, unknown>
>

/**
 * Deltas of a text.
 *
 * @param pieces that join to the text
 * @param logprobs of each piece; none where a piece has none
 */
export const deltaEvents = (
  pieces: readonly string[],
  logprobs: readonly (number | undefined)[] = [],
  more: Readonly<Record<string, unknown>> = {},
): UploadEvent[] =>
  pieces.map((delta, i) => ({
    type: 'transcript.text.delta',
    delta,
    ...more,
    ...(logprobs[i] !== undefined && {
      logprobs: logprobsOf([delta], [logprobs[i]]),
    }),
  }))

/** The last event of a streamed answer, which has the whole text. */
export const doneEvent = (spoken: Spoken): UploadEvent => ({
  type: 'transcript.text.done',
  text: spoken.heard.text,
  ...extrasOf(spoken),
})

/** An answer in events. */
export class EventStream {
  readonly #response: ServerResponse

  /** Sends the headers. */
  constructor(response: ServerResponse) {
    this.#response = response
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
    })
    response.flushHeaders()
  }

  send(event: UploadEvent): void {
    this.#write(JSON.stringify(event))
  }

  /** Ends a whole answer. */
  end(): void {
    this.#write('[DONE]')
    endResponse(this.#response)
  }

  /** Sends what went wrong, and ends the answer. */
  fail(error: ServiceErrorBody): void {
    this.#write(JSON.stringify({ error }))
    endResponse(this.#response)
  }

  #write(data: string): void {
    this.#response.write(`data: ${data}\n\n`)
  }
}
