import { checkNumber } from '../core/options.ts'
import { SAMPLES_PER_MS } from './recognizer.ts'
import { VAD_FRAME } from './voice-activity.ts'

/** Rules that cut speech into turns; lengths in milliseconds. */
export type TurnOptions = {
  /**
   * Probability from which a frame counts as speech. Speech continues until it
   * falls 0.15 below.
   * @default 0.5
   */
  readonly threshold?: number
  /**
   * Audio before the first frame of speech that belongs to the turn.
   * @default 300
   */
  readonly prefixPaddingMs?: number
  /**
   * Length of the silence that ends a turn.
   * @default 500
   */
  readonly silenceDurationMs?: number
  /**
   * Length of the silence that ends a turn shorter than 8 s, since the
   * recogniser makes fewer mistakes with longer context.
   * @default 1300, and `silenceDurationMs` in live speech
   */
  readonly shortTurnSilenceMs?: number
}

/** A turn: its speech, and the audio to decode (`from`, `to`), in samples. */
export type Turn = {
  readonly start: number
  readonly end: number
  readonly from: number
  readonly to: number
  /** Whether it certainly contains words. */
  readonly spoken: boolean
  /** Probability of speech of each frame from `from` on. */
  readonly probabilities: readonly number[]
}

/** The open turn as if it ended now. */
export type OpenTurn = Turn & {
  /** Whether more silence will not change its audio. */
  readonly settled: boolean
  /** All audio before this sample belongs to it, even if not yet received. */
  readonly ownsUntil: number
}

export type TurnSignal =
  | {
      readonly type: 'start'
      readonly at: number
      readonly from: number
    }
  | { readonly type: 'turn'; readonly turn: Turn }

type Frame = { probability: number; power: number }

/** Maximum length of a turn; the recogniser is not trained on longer audio. */
export const MAX_TURN_MS = 15_000
/** Minimum length of a turn that ends at a forced cut. */
const MIN_CUT_MS = 5_000
/** Frames over which the power is averaged: 5 × 32 ms, a short pause. */
const CUT_FRAMES = 5
/**
 * Words that have been shown cannot move to the next turn. So from this length
 * on, a live turn ends after ever shorter silences, ...
 */
const SHORTEN_SILENCE_FROM_MS = 8_000
/** ... down to this many frames, ... */
const SHORTEST_SILENCE_FRAMES = 4
/** ... and a forced cut lies after this, where no words are shown yet. */
export const LIVE_CUT_MS = 13_000
/** Audio after the last frame of speech that is decoded with it. */
const SUFFIX_MS = 200
const MIN_SPEECH_FRAMES = 3
const HYSTERESIS = 0.15
/** This many frames with this probability certainly contain words. */
const CLEAR_SPEECH = 0.9
const CLEAR_SPEECH_FRAMES = 10

const framesFor = (ms: number): number =>
  Math.round((ms * SAMPLES_PER_MS) / VAD_FRAME)

/** Shorter turns wait for a longer silence. */
const SHORT_TURN_FRAMES = framesFor(8_000)

/**
 * Cuts a stream of voice activity frames into turns. A turn starts where the
 * probability rises above the threshold and ends after a silence. Before it
 * grows past 15 s, it is cut at its quietest place; the two parts meet at one
 * sample.
 */
export class TurnSegmenter {
  readonly #live: boolean
  readonly #threshold: number
  readonly #prefixFrames: number
  readonly #silenceFrames: number
  readonly #shortSilenceFrames: number
  /** Frames since {@link #first}. Before speech, only those of the prefix. */
  #frames: Frame[] = []
  #first = 0
  /** Index of the first frame of speech; -1 outside a turn. */
  #start = -1
  /** Index after the last frame of speech. */
  #end = -1
  #speechFrames = 0
  #announced = false
  #nextTurnFrom = 0

  /** @param live whether text is shown while a turn is open */
  constructor(
    {
      threshold = 0.5,
      prefixPaddingMs = 300,
      silenceDurationMs = 500,
      shortTurnSilenceMs = 1_300,
    }: TurnOptions,
    live = false,
  ) {
    this.#live = live
    this.#threshold = threshold
    this.#prefixFrames = framesFor(prefixPaddingMs)
    this.#silenceFrames = Math.max(1, framesFor(silenceDurationMs))
    this.#shortSilenceFrames = Math.max(1, framesFor(shortTurnSilenceMs))
  }

  /** First sample that the open or a later turn may need. */
  get neededFrom(): number {
    return this.#first * VAD_FRAME
  }

  /** The speech of later turns begins at or after this sample. */
  get nextSpeechFrom(): number {
    const frame =
      this.#start < 0 ? this.#first + this.#frames.length : this.#start
    return frame * VAD_FRAME
  }

  /** Undefined until the open turn is certain to be speech. */
  get open(): OpenTurn | undefined {
    if (!this.#announced || this.#start < 0) return undefined
    const settled =
      this.#first + this.#frames.length - this.#end >= framesFor(SUFFIX_MS)
    const turn = this.#turn(this.#end, this.#suffixEnd())
    const least = (this.#end + this.#leastSuffix) * VAD_FRAME
    return { ...turn, settled, ownsUntil: Math.max(turn.to, least) }
  }

  /** @param power mean square of the frame's samples */
  push(probability: number, power: number): TurnSignal[] {
    const at = this.#first + this.#frames.length
    this.#frames.push({ probability, power })
    if (this.#start < 0) {
      if (probability < this.#threshold) {
        this.#trim()
        return []
      }
      this.#start = at
      this.#speechFrames = 0
      this.#announced = false
    }
    const signals: TurnSignal[] = []
    if (probability >= this.#threshold - HYSTERESIS) {
      this.#end = at + 1
      this.#speechFrames++
      this.#announce(signals)
    }
    if (at + 1 - this.#end >= this.#silenceToEnd()) this.#finish(signals)
    else if ((at + 1 - this.#first) * VAD_FRAME >= MAX_TURN_MS * SAMPLES_PER_MS)
      this.#cut(signals)
    return signals
  }

  end(): TurnSignal[] {
    const signals: TurnSignal[] = []
    if (this.#start >= 0) this.#finish(signals)
    return signals
  }

  #silenceToEnd(): number {
    const length = this.#end - this.#start
    if (length < SHORT_TURN_FRAMES) return this.#shortSilenceFrames
    if (!this.#live) return this.#silenceFrames
    const share =
      (length - framesFor(SHORTEN_SILENCE_FROM_MS)) /
      framesFor(LIVE_CUT_MS - SHORTEN_SILENCE_FROM_MS)
    const least = Math.min(this.#silenceFrames, SHORTEST_SILENCE_FRAMES)
    return Math.max(
      least,
      Math.round(this.#silenceFrames - share * (this.#silenceFrames - least)),
    )
  }

  get #leastSuffix(): number {
    return Math.min(
      framesFor(SUFFIX_MS),
      this.#silenceFrames,
      this.#shortSilenceFrames,
      this.#live ? SHORTEST_SILENCE_FRAMES : Infinity,
    )
  }

  /** End of the open turn if no more speech follows, in samples. */
  get suffixEnd(): number {
    return (this.#end + framesFor(SUFFIX_MS)) * VAD_FRAME
  }

  #suffixEnd(): number {
    const next = this.#first + this.#frames.length
    return Math.min(next, this.#end + framesFor(SUFFIX_MS))
  }

  #announce(signals: TurnSignal[]): void {
    if (this.#announced || this.#speechFrames < MIN_SPEECH_FRAMES) return
    this.#announced = true
    signals.push({
      type: 'start',
      at: this.#start * VAD_FRAME,
      from: this.#first * VAD_FRAME,
    })
  }

  #finish(signals: TurnSignal[]): void {
    if (this.#announced) {
      const to = this.#suffixEnd()
      signals.push({ type: 'turn', turn: this.#turn(this.#end, to) })
      this.#nextTurnFrom = to
    }
    this.#start = -1
    this.#trim()
  }

  #cut(signals: TurnSignal[]): void {
    const least = framesFor(this.#live ? LIVE_CUT_MS : MIN_CUT_MS)
    const at = this.#first + quietest(this.#frames, least)
    const speechEnd = this.#end
    const turn = this.#turn(Math.min(at, speechEnd), at)
    signals.push({ type: 'turn', turn })
    this.#frames.splice(0, at - this.#first)
    this.#first = at
    this.#nextTurnFrom = at
    this.#start = at
    this.#end = Math.max(at + 1, speechEnd)
    this.#announced = false
    this.#announce(signals)
  }

  #turn(end: number, to: number): Turn {
    const probabilities = this.#frames
      .slice(0, to - this.#first)
      .map(frame => frame.probability)
    const clear = probabilities.filter(p => p >= CLEAR_SPEECH).length
    return {
      start: this.#start * VAD_FRAME,
      end: end * VAD_FRAME,
      from: this.#first * VAD_FRAME,
      to: to * VAD_FRAME,
      spoken: clear >= CLEAR_SPEECH_FRAMES,
      probabilities,
    }
  }

  #trim(): void {
    const next = this.#first + this.#frames.length
    const first = Math.max(
      this.#nextTurnFrom,
      next - this.#prefixFrames,
      this.#first,
    )
    this.#frames.splice(0, first - this.#first)
    this.#first = first
  }
}

/** Middle of the quietest {@link CUT_FRAMES} frames from `least` on. */
const quietest = (frames: readonly Frame[], least: number): number => {
  let best = frames.length - CUT_FRAMES
  let lowest = Infinity
  for (let i = least; i + CUT_FRAMES <= frames.length; i++) {
    let power = 0
    for (let k = 0; k < CUT_FRAMES; k++) power += frames[i + k]!.power
    if (power < lowest) {
      lowest = power
      best = i
    }
  }
  return best + (CUT_FRAMES >> 1)
}

/** @throws {OptionError} if a number is out of range */
export const checkTurnOptions = ({
  threshold = 0.5,
  prefixPaddingMs = 300,
  silenceDurationMs = 500,
  shortTurnSilenceMs = 1_300,
}: TurnOptions): void => {
  checkNumber('turnDetection.threshold', threshold, 0.2, 0.99)
  checkNumber('turnDetection.prefixPaddingMs', prefixPaddingMs, 0, 2_000)
  checkNumber('turnDetection.silenceDurationMs', silenceDurationMs, 100, 5_000)
  checkNumber(
    'turnDetection.shortTurnSilenceMs',
    shortTurnSilenceMs,
    100,
    5_000,
  )
}
