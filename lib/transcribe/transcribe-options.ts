import type { SpeakerTurn } from '../core/speaker-turn.ts'
import type { Latency } from '../recognizers/live-text.ts'
import type { Recognizer } from '../recognizers/recognizer.ts'
import type { VoiceActivity } from '../recognizers/voice-activity.ts'
import type { SourceOptions } from './audio-source.ts'
import type { OpenAIClient } from '../openai/openai-client.ts'
import type { TranscriptionEngine } from './choose-model.ts'

export const channelModes = ['mix', 'separate'] as const

/** Treatment of channels; see {@link TranscribeOptions.channels}. */
export type ChannelMode = (typeof channelModes)[number]

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
   *   speaker per channel. Finals have a `channel`, and `Channel 1` and so on
   *   as `speaker`. Not for `live` with `openai`, nor for its models that
   *   separate speakers.
   * @default 'mix'
   */
  readonly channels?: 'mix' | 'separate'
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
  /** With `local` or `live`: a custom voice activity detector. You close it. */
  readonly voiceActivity?: VoiceActivity
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
