import type { Clock } from '../../core/clock.ts'
import type { DecoderOptions } from '../../decode/decoder.ts'
import type { OpenAIClient } from '../openai-client.ts'
import type { ResponseFormat } from '../openai-models.ts'

/** How requests are made, and made again. */
export type RequestSettings = {
  readonly client: OpenAIClient
  readonly format: ResponseFormat
  /** The form's fields but for the file, by the service's names. */
  readonly fields: Readonly<Record<string, unknown>>
  /** Name of the file, without extension. */
  readonly baseName: string
  readonly maxRetries: number
  readonly retryForMs: number
  readonly timeoutMs: number
  readonly clock: Clock
  /** A number in [0, 1), by which waits differ. */
  readonly random: () => number
}

/** What decides how answers become events. */
export type AnswerSettings = {
  /** Speakers that go by their own names. */
  readonly knownNames: ReadonlySet<string>
  /** Language that was told, where it was one. */
  readonly language?: string
  /** Whether finals come per segment, so that deltas go by segment. */
  readonly bySegment: boolean
}

/** What the service takes in one request. */
export type UploadLimits = {
  /** Bytes of a file. */
  readonly maxBytes: number
  /** Length, in ms; Infinity: any. */
  readonly maxMs: number
  /** How far before the limit a pause is looked for, in ms. */
  readonly searchMs: number
}

/** All that a file transcriber was told, checked. */
export type FileSettings = RequestSettings &
  AnswerSettings & {
    readonly model: string
    readonly concurrency: number
    readonly limits: UploadLimits
    readonly decoder: Omit<DecoderOptions, 'signal'>
    /** Whether a file may not go as it is, however it is. */
    readonly mustDecode: boolean
    readonly signal?: AbortSignal
  }
