import { given } from '../core/options.ts'
import type { SpeakerTurn } from '../core/speaker-turn.ts'
import type { Latency } from '../recognizers/latency.ts'
import type { Recognizer } from '../recognizers/recognizer.ts'
import type { VoiceActivity } from '../recognizers/voice-activity.ts'
import type { SourceOptions } from './audio-source.ts'
import type { OpenAIClient } from '../openai/openai-client.ts'
import type { TranscriptionEngine } from './choose-model.ts'

/** What becomes of the channels of a recording. */
export const channelModes = ['mix', 'separate'] as const

/** What becomes of the channels of a recording. */
export type ChannelMode = (typeof channelModes)[number]

/** Options of `transcribe()`. */
export type TranscribeOptions = SourceOptions & {
  /**
   * `local` transcribes on this machine, and no audio leaves it; `openai`
   * sends it to OpenAI, or to the base URL of its client.
   * @default 'local'
   */
  readonly engine?: TranscriptionEngine
  /**
   * A model of the engine.
   * @default 'tiny', and 'base' with `live`; with `openai` what
   * {@link chooseModel} recommends of OpenAI's models
   */
  readonly model?: string
  /** Language spoken; the embedded engine knows English. @default any */
  readonly language?: string
  /**
   * Emits deltas while somebody speaks; for input that comes in real time.
   * @default false
   */
  readonly live?: boolean
  /**
   * - `mix`: all channels are heard as one.
   * - `separate`: each is transcribed by itself, for recordings with one
   *   speaker a channel; finals have a `channel`, and `Channel 1`, … for a
   *   `speaker`. Not for `live` with `openai`, nor with its models that know
   *   speakers.
   * @default 'mix'
   */
  readonly channels?: ChannelMode
  /**
   * Who speaks when, as {@link readRttm} gives it: finals get their speakers
   * by it, as {@link assignSpeakers} says. Not for `live`.
   */
  readonly speakers?: readonly SpeakerTurn[]

  /**
   * With `local` or `live`: folder of models to look in before the cache.
   * Turns of live speech are found on this machine with either engine.
   */
  readonly modelDir?: string
  /**
   * With `local`: what turns speech into words, shared between transcripts or
   * of your own; instead of `model`, `modelDir`.
   */
  readonly recognizer?: Recognizer
  /**
   * With `local`, or with `live`: a detector of your own that finds the turns.
   * You close it.
   */
  readonly voiceActivity?: VoiceActivity
  /** With `local` and `live`: how early deltas come. @default 'balanced' */
  readonly latency?: Latency

  /** With `openai`: the client to use. @default what {@link openaiClient} returns */
  readonly client?: OpenAIClient
  /** With `openai`: what the audio is about, or text that came before it. */
  readonly prompt?: string
  /** Words that may come, where the model or the recogniser takes them. */
  readonly keywords?: readonly string[]
  /**
   * With `openai`: chooses a model that gives the time of every word; the
   * local engine always does.
   * @default false
   */
  readonly wordTimes?: boolean
}

/** Of all options those of the source. */
export const sourceOptions = (options: TranscribeOptions): SourceOptions => {
  const { raw, maxDurationMs, strict, ffmpeg, signal } = options
  const { stop, onFormat, onProgress } = options
  return given({
    raw,
    maxDurationMs,
    strict,
    ffmpeg,
    signal,
    stop,
    onFormat,
    onProgress,
  })
}
