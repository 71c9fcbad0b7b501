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
 * Returns the body of an answer. Long turns have several caption cues.
 * @throws FieldError if the recogniser lacks times of words that are requested
 */
export const contentOf = (
  spoken: Spoken,
  finals: readonly FinalEvent[],
): Content => {
  const { format, granularities } = spoken.fields
  if (granularities.includes('word') && finals.some(({ words }) => !words))
    refuse(
      'unsupported_value',
      "This server does not return word times. Use timestamp_granularities 'segment'.",
      'timestamp_granularities',
    )
  if (format !== 'srt' && format !== 'vtt') return answers[format]!(spoken)
  return {
    type: 'text/plain; charset=utf-8',
    body: formatCaptions(finals, { format }),
  }
}

export type UploadEvent = { readonly type: string } & Readonly<
  Record<string, unknown>
>

/**
 * Returns the deltas of a text.
 * @param pieces that join to the text
 * @param logprobs of the pieces, where known
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

/** The last event of a stream, with the whole text. */
export const doneEvent = (spoken: Spoken): UploadEvent => ({
  type: 'transcript.text.done',
  text: spoken.transcript.text,
  ...extrasOf(spoken),
})

export class EventStream {
  readonly #response: ServerResponse

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

  end(): void {
    this.#write('[DONE]')
    endResponse(this.#response)
  }

  fail(error: ServiceErrorBody): void {
    this.#write(JSON.stringify({ error }))
    endResponse(this.#response)
  }

  #write(data: string): void {
    this.#response.write(`data: ${data}\n\n`)
  }
}
