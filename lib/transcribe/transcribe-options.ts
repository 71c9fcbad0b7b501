import type { SpeakerTurn } from '../core/speaker-turn.ts'
import type { TurnDetection } from '../core/turn-detector.ts'
import type { Latency } from '../recognizers/live-text.ts'
import type { Recognizer } from '../recognizers/recognizer.ts'
import type { LocalVad } from '../recognizers/local-vad.ts'
import type { AutoTurns } from '../openai/files/file-options.ts'
import type {
  SemanticVad,
  ServerVad,
} from '../openai/realtime/session-settings.ts'
import type { SourceOptions } from './audio-source.ts'
import type { OpenAIClient } from '../openai/openai-client.ts'
import type { TranscriptionEngine } from './choose-model.ts'

export const channelModes = ['mix', 'separate'] as const

export const channelOrders = ['time', 'channel'] as const

/** Options of `transcribe()`. */
export type TranscribeOptions = SourceOptions & {
  /**
   * `local` transcribes on this machine. `openai` sends the audio to OpenAI, or
   * to the base URL of its client.
   * @default 'local'
   */
  readonly engine?: TranscriptionEngine
  /**
   * A model of the engine.
   * @default 'tiny', and 'base' with `live`; with `openai` what {@link
   *   chooseModel} recommends of OpenAI's models
   */
  readonly model?: string
  /** Language spoken; the embedded engine supports English. @default any */
  readonly language?: string
  /**
   * Emits deltas during speech, for input that arrives in real time.
   * @default false
   */
  readonly live?: boolean
  /**
   * - `mix`: transcribes all channels together.
   * - `separate`: transcribes each channel separately, for recordings with one
   *   speaker per channel. Events have a `channel`, and finals a `speaker`. Not
   *   for `live` with `openai`, nor for its models that separate speakers.
   * @default 'mix'
   */
  readonly channels?: 'mix' | 'separate'
  /**
   * With `channels: 'separate'`: the speaker of each channel, in order.
   * @default `Channel 1`, `Channel 2` and so on
   */
  readonly channelNames?: readonly string[]
  /**
   * With `channels: 'separate'`: order of finals and gaps.
   *
   * - `time`: by their start, over all channels. A final waits for channels that
   *   may still have an earlier one.
   * - `channel`: by their start within each channel. A final comes as soon as it
   *   is transcribed.
   * @default 'time'
   */
  readonly order?: 'time' | 'channel'
  /**
   * Who speaks when, for example from {@link readRttm}. Finals get their
   * speakers as with {@link assignSpeakers}. Not for `live`.
   */
  readonly speakers?: readonly SpeakerTurn[]

  /**
   * With `local` or `live`: folder of models to search before the cache. Turns
   * of live speech are detected on this machine with either engine.
   */
  readonly modelDir?: string
  /**
   * With `local`: a shared or custom recogniser, instead of `model` and
   * `modelDir`.
   */
  readonly recognizer?: Recognizer
  /**
   * How turns are found. `local` takes `local_vad`. With `openai`, `live` input
   * takes all but `auto`, and files take `server_vad` and `auto`.
   * @default { type: 'local_vad' }; for files with `openai`, that of the model
   */
  readonly turnDetection?:
    LocalVad | ServerVad | SemanticVad | AutoTurns | TurnDetection
  /** With `local` and `live`: how early deltas come. @default 'balanced' */
  readonly latency?: Latency

  /** With `openai`: the client to use. @default what {@link openaiClient} returns */
  readonly client?: OpenAIClient
  /** With `openai`: what the audio is about, or text that precedes it. */
  readonly prompt?: string
  /** Words likely to occur, if the model or the recogniser supports them. */
  readonly keywords?: readonly string[]
  /**
   * With `openai`: chooses a model with word times. The local engine always has
   * them.
   * @default false
   */
  readonly wordTimes?: boolean
}
