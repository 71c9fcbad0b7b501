import type { DecoderOptions } from '../../decode/decoder.ts'
import type { OpenAIClient } from '../openai-client.ts'
import type { ServerVad } from '../realtime/session-settings.ts'
import type { ResponseFormat } from '../wire/openai-models.ts'

/** A speaker whose voice is known, for models that distinguish speakers. */
export type KnownSpeaker = {
  /** Name that finals use. */
  readonly name: string
  /**
   * 2 to 10 s of this voice alone: the bytes of a file that the service
   * accepts, or a `data:` URL.
   */
  readonly reference: Uint8Array | string
}

/** Turn detection of OpenAI's server, with settings that it chooses. */
export type AutoTurns = { readonly type: 'auto' }

/** Options of {@link FileTranscriber}. */
export type FileTranscriberOptions = Pick<
  DecoderOptions,
  'raw' | 'maxDurationMs' | 'strict' | 'ffmpeg'
> & {
  /**
   * The client to use: what `openaiClient()` returns, or an `OpenAI` or
   * `AzureOpenAI` of version 4 to 7 of the package `openai`.
   */
  readonly client: OpenAIClient
  /**
   * A model of OpenAI, an Azure deployment, or a model of another server.
   * Options of unknown models are not checked.
   * @default 'gpt-transcribe'
   */
  readonly model?: string
  /** Language spoken, such as `de`. */
  readonly language?: string
  /** Languages that may be spoken, if the model accepts several. */
  readonly languages?: readonly string[]
  /** Words to expect, if the model accepts them. */
  readonly keywords?: readonly string[]
  /** What the audio is about, or the text before it. */
  readonly prompt?: string
  /**
   * Format of the service's answer.
   * @default the most detailed: `verbose_json` (whisper-1), `diarized_json`
   *   (models that distinguish speakers), else `json`
   */
  readonly responseFormat?: ResponseFormat
  /** Sampling temperature, from 0 to 1. @default the service's, 0 */
  readonly temperature?: number
  /** `logprobs` asks for the log probability of each token. */
  readonly include?: readonly 'logprobs'[]
  /**
   * Whether to ask for word times, with whisper-1.
   * @default true where the answer can have them
   */
  readonly wordTimes?: boolean
  /** Times to ask for; replaces `wordTimes`. */
  readonly timestampGranularities?: readonly ('word' | 'segment')[]
  /**
   * Whether the service streams text as deltas.
   * @default true where the model can
   */
  readonly stream?: boolean
  /**
   * How the service divides the audio before it transcribes it:
   * `chunking_strategy` of OpenAI's API. Its own default of
   * `silenceDurationMs` is 200.
   * @default { type: 'auto' } for models that distinguish speakers, else none
   */
  readonly turnDetection?: AutoTurns | ServerVad
  /** Up to four, for models that distinguish speakers. */
  readonly knownSpeakers?: readonly KnownSpeaker[]
  /**
   * File name to send. Its extension is replaced to match the actual format.
   * @default 'audio'
   */
  readonly fileName?: string
  /** Number of parts sent at the same time. @default 2 */
  readonly concurrency?: number
  /** How often a part is sent again. @default 5 */
  readonly maxRetries?: number
  /** How long after its first failure a part may be sent again, in ms. @default 300000 */
  readonly retryForMs?: number
  /** How long a request may receive nothing, in ms. @default 600000 */
  readonly timeoutMs?: number
  /** Destroys the stream when aborted. */
  readonly signal?: AbortSignal
}
