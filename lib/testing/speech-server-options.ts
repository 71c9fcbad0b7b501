import { OptionError } from '../core/errors.ts'
import { checkInteger, checkNumber } from '../core/options.ts'
import { type Fault, FaultPlan } from './faults.ts'
import { recognizeNumbers } from './number-code.ts'
import type { RespondToUpload } from './uploads/scripted-answer.ts'

/** Description of the audio for a recogniser. */
export type AudioInfo = {
  /** How the audio arrived. */
  readonly via: 'realtime' | 'upload'
  /** In Hz. */
  readonly sampleRate: number
  /** Model that the client asked for. */
  readonly model: string
  /** Number of the turn or upload, from 1, over the whole server. */
  readonly turn: number
  /** `language`, `prompt` and other settings, as the client sent them. */
  readonly settings: Readonly<Record<string, unknown>>
}

/** A recogniser: returns the text of mono audio. */
export type TranscribeAudio = (
  audio: Int16Array,
  info: AudioInfo,
) => string | Promise<string>

/** A time in ms, or one for each turn or upload, counted from 1. */
export type Delay = number | ((turn: number) => number)

/** Options of {@link SpeechServer.listen}. */
export type SpeechServerOptions = {
  /**
   * Transcribes the audio.
   * @default recognizeNumbers
   */
  readonly transcribe?: TranscribeAudio
  /**
   * Accepted keys.
   * @default any
   */
  readonly keys?: readonly string[]
  /**
   * Longest session, in ms, as `expires_at` reports it.
   * @default 3600000
   */
  readonly maxSessionMs?: number
  /**
   * Longest session, in ms of received audio, for tests that run faster than
   * real time.
   * @default Infinity
   */
  readonly maxSessionAudioMs?: number
  /**
   * Time between pings, in ms; 0 for none.
   * @default 20260
   */
  readonly pingMs?: number
  /**
   * Delay from a turn's commit, or an upload's last byte, to the answer, in ms.
   * @default 0
   */
  readonly answerMs?: Delay
  /**
   * Time between deltas, in ms.
   * @default 0
   */
  readonly deltaMs?: Delay
  /**
   * Audio between two deltas of a live model, in ms.
   * @default 200
   */
  readonly liveMs?: number
  /**
   * How far a live model lags behind, in ms. Audio that it has not processed
   * when a turn is committed is missing from the transcript.
   * @default 0
   */
  readonly liveLagMs?: number
  /**
   * Longest delay of a completion that is reordered, in ms.
   * @default 50
   */
  readonly holdMs?: number
  /**
   * Refuses Realtime connections with this HTTP status; a function decides for
   * each connection, counted from 1.
   * @default none
   */
  readonly handshakeStatus?:
    number | ((connection: number) => number | undefined)
  /** Faults of Realtime sessions. */
  readonly faults?: readonly Fault[]
  /** Decides how an upload is answered; undefined: as the service would. */
  readonly respond?: RespondToUpload
  /** Uses TLS, with this key and certificate in PEM. */
  readonly tls?: {
    /** Private key, in PEM. */
    readonly key: string
    /** Certificate, in PEM. */
    readonly cert: string
  }
}

export type ResolvedSpeechServerOptions = ReturnType<
  typeof resolveSpeechServerOptions
>

const checkDelay = (name: string, delay: Delay): void => {
  if (typeof delay !== 'function') checkNumber(name, delay, 0)
}

/** A function for a value that may be one already. */
const each =
  <Value extends number | undefined>(value: Value | ((nth: number) => Value)) =>
  (nth: number): Value =>
    typeof value === 'function' ? value(nth) : value

/** @throws OptionError */
export const resolveSpeechServerOptions = ({
  transcribe = recognizeNumbers,
  keys,
  maxSessionMs = 3_600_000,
  maxSessionAudioMs = Infinity,
  pingMs = 20_260,
  answerMs = 0,
  deltaMs = 0,
  liveMs = 200,
  liveLagMs = 0,
  holdMs = 50,
  handshakeStatus,
  faults = [],
  respond,
  tls,
}: SpeechServerOptions) => {
  if (typeof transcribe !== 'function')
    throw new OptionError('transcribe', 'must be a function')
  checkNumber('maxSessionMs', maxSessionMs, 0)
  if (maxSessionAudioMs !== Infinity)
    checkNumber('maxSessionAudioMs', maxSessionAudioMs, 0)
  checkNumber('pingMs', pingMs, 0)
  checkDelay('answerMs', answerMs)
  checkDelay('deltaMs', deltaMs)
  checkNumber('liveMs', liveMs, 1)
  checkNumber('liveLagMs', liveLagMs, 0)
  checkNumber('holdMs', holdMs, 0)
  if (handshakeStatus !== undefined && typeof handshakeStatus !== 'function')
    checkInteger('handshakeStatus', handshakeStatus, 300, 599)
  return {
    transcribe,
    accepts: (key: string) => keys?.includes(key) ?? key !== '',
    maxSessionMs,
    maxSessionAudioMs,
    pingMs,
    answerMs: each(answerMs),
    deltaMs: each(deltaMs),
    liveMs,
    liveLagMs,
    holdMs,
    statusOf: each(handshakeStatus),
    plan: new FaultPlan(faults),
    respond,
    tls,
  }
}
