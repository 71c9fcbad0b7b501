import type { DecoderOptions } from '../../decode/decoder.ts'
import type { OpenAIClient } from '../openai-client.ts'
import type { ResponseFormat } from '../wire/openai-models.ts'

/** Somebody whose voice is known, for models that tell speakers apart. */
export type KnownSpeaker = {
  /** What finals call them. */
  readonly name: string
  /**
   * 2 to 10 s of their voice alone: bytes of a file the service takes, or a
   * `data:` URL of them.
   */
  readonly reference: Uint8Array | string
}

/** How a service cuts audio before it transcribes it. */
export type ChunkingStrategy =
  | 'auto'
  | {
      readonly type: 'server_vad'
      /** Audio before speech that goes with it, in ms. @default 300 */
      readonly prefixPaddingMs?: number
      /** Silence that ends a chunk, in ms. @default 200 */
      readonly silenceDurationMs?: number
      /** Loudness that counts as speech, from 0 to 1. @default 0.5 */
      readonly threshold?: number
    }

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
   * A model of OpenAI, the name of an Azure deployment, or what another
   * server calls its own. Of one that is not known nothing is checked.
   * @default 'gpt-transcribe'
   */
  readonly model?: string
  /** Language spoken, such as `de`. */
  readonly language?: string
  /** Languages that may be spoken, where the model takes several. */
  readonly languages?: readonly string[]
  /** Words that may come, where the model takes them. */
  readonly keywords?: readonly string[]
  /** What the audio is about, or text that came before it. */
  readonly prompt?: string
  /**
   * The form of the answer; events are made of all of them.
   * @default the one that tells most: `verbose_json` (whisper-1),
   * `diarized_json` (models that know speakers), else `json`
   */
  readonly responseFormat?: ResponseFormat
  /** How freely a model guesses, from 0 to 1. @default the service's, 0 */
  readonly temperature?: number
  /** `logprobs`: how sure the model is of each token. */
  readonly include?: readonly 'logprobs'[]
  /**
   * Whether words have times, with whisper-1.
   * @default true where the answer can have them
   */
  readonly wordTimes?: boolean
  /** Which times are asked for; instead of `wordTimes`. */
  readonly timestampGranularities?: readonly ('word' | 'segment')[]
  /**
   * Whether text comes in deltas while the service works.
   * @default true where the model can
   */
  readonly stream?: boolean
  /**
   * How the service cuts the audio.
   * @default 'auto' where speakers are told apart, else nothing
   */
  readonly chunkingStrategy?: ChunkingStrategy
  /** At most four, where speakers are told apart. */
  readonly knownSpeakers?: readonly KnownSpeaker[]
  /**
   * Name under which the file is sent; its extension is replaced by that of
   * the format that its bytes have.
   * @default 'audio'
   */
  readonly fileName?: string
  /** Parts that are sent at the same time. @default 2 */
  readonly concurrency?: number
  /** How often a part is sent again. @default 5 */
  readonly maxRetries?: number
  /** How long after its first failure a part may be sent again, in ms. @default 300000 */
  readonly retryForMs?: number
  /** How long a request may go on without anything coming, in ms. @default 600000 */
  readonly timeoutMs?: number
  /** Destroys the stream when aborted. */
  readonly signal?: AbortSignal
}
