import { given } from '../core/options.ts'
import { checkRating } from './recognizer.ts'
import {
  TurnSegmenter,
  type OpenTurn,
  type Turn,
  type TurnOptions,
  type TurnSignal,
} from './turn-segmenter.ts'
import { VAD_FRAME, type VoiceActivity } from './voice-activity.ts'

/** Samples of a stream, addressed by their absolute index. */
export class SampleBuffer {
  #data = new Float32Array(1 << 14)
  #start = 0
  #end = 0

  get end(): number {
    return this.#end
  }

  append(samples: Float32Array): void {
    const length = this.#end - this.#start
    if (length + samples.length > this.#data.length) {
      const data = new Float32Array(
        Math.max(2 * this.#data.length, length + samples.length),
      )
      data.set(this.#data.subarray(0, length))
      this.#data = data
    }
    this.#data.set(samples, length)
    this.#end += samples.length
  }

  /** Copies the samples from index `from` to before `to`. */
  slice(from: number, to: number): Float32Array<ArrayBuffer> {
    return this.#data.slice(
      Math.max(0, from - this.#start),
      Math.max(0, Math.min(to, this.#end) - this.#start),
    )
  }

  dropBefore(index: number): void {
    const drop = Math.min(index, this.#end) - this.#start
    if (drop <= 0) return
    this.#data.copyWithin(0, drop, this.#end - this.#start)
    this.#start += drop
  }
}

type AudioRunOptions = {
  readonly voiceActivity: VoiceActivity
  readonly session: object
  readonly turns: TurnOptions
  /** Whether text is shown while a turn is open. */
  readonly live: boolean
  /** Sample of the source at which the run begins. */
  readonly base: number
  /** Whether the run may begin in the middle of a word. */
  readonly abrupt?: boolean
  readonly signal?: AbortSignal
}

/**
 * Maximum audio of one voice activity job: 16 s, which is more than a turn. So
 * the next turn is found before the workers have finished the last one.
 */
const MAX_BATCH = 500 * VAD_FRAME

/** Silent frames after which a turn may end: 96 ms. */
const PAUSE_FRAMES = 3

/**
 * The detector misses speech in its first frames. A run that begins abruptly
 * is preceded by 0.5 s of silence.
 */
const LEAD_IN_FRAMES = 16

/**
 * Audio without gaps, and the turns that voice activity detection finds in it.
 * Samples count from the beginning of the run.
 */
export class AudioRun {
  readonly base: number
  readonly #options: AudioRunOptions
  readonly #segmenter: TurnSegmenter
  readonly #buffer = new SampleBuffer()
  #state: unknown
  /** Frames of silence to prepend to the next job. */
  #leadInFrames: number
  #processed = 0
  #length = 0

  constructor(options: AudioRunOptions) {
    const { turns, live, base, abrupt = false } = options
    this.base = base
    this.#leadInFrames = abrupt ? LEAD_IN_FRAMES : 0
    this.#options = options
    this.#segmenter = new TurnSegmenter(turns, live)
  }

  /** Sample of the source that is expected next. */
  get next(): number {
    return this.base + this.#length
  }

  /** Audio before this sample has been processed, but for part of a frame. */
  get analyzedTo(): number {
    return Math.min(this.#length, this.#processed + VAD_FRAME)
  }

  /** The speech of later turns begins at or after this sample. */
  get nextSpeechFrom(): number {
    return this.#segmenter.nextSpeechFrom
  }

  get neededFrom(): number {
    return this.#segmenter.neededFrom
  }

  get openTurn(): OpenTurn | undefined {
    return this.#segmenter.open
  }

  append(samples: Float32Array): void {
    this.#buffer.append(samples)
    this.#length += samples.length
  }

  audio(from: number, to: number): Float32Array<ArrayBuffer> {
    return this.#buffer.slice(from, Math.min(to, this.#length))
  }

  /**
   * Returns the open turn as it would be if the audio ended with these samples,
   * and its audio; undefined unless the speaker has paused.
   */
  openTurnWith(
    tail: Float32Array,
  ): { turn: Turn; audio: Float32Array<ArrayBuffer> } | undefined {
    const { open } = this.#segmenter
    if (!open || this.#processed - open.end < PAUSE_FRAMES * VAD_FRAME)
      return undefined
    const length = this.#length + tail.length
    const to = Math.min(this.#segmenter.suffixEnd, length)
    const audio = new Float32Array(to - open.from)
    audio.set(this.audio(open.from, to))
    const missing = Math.max(0, to - this.#length)
    audio.set(tail.subarray(0, missing), audio.length - missing)
    return { turn: { ...open, to }, audio }
  }

  uncommitted(): Float32Array<ArrayBuffer> {
    return this.audio(this.#segmenter.neededFrom, this.#length)
  }

  get hasFullBatch(): boolean {
    return this.#buffer.end - this.#processed >= MAX_BATCH
  }

  /**
   * @param onSignal called synchronously with {@link nextSpeechFrom} moving on
   */
  async runVad(onSignal: (signal: TurnSignal) => void): Promise<void> {
    const waiting = Math.min(this.#buffer.end - this.#processed, MAX_BATCH)
    const length = waiting - (waiting % VAD_FRAME)
    if (length === 0) return
    const samples = this.#buffer.slice(
      this.#processed,
      this.#processed + length,
    )
    const powers = framePowers(samples)
    const probabilities = await this.#rate(samples)
    this.#processed += length
    for (const [i, power] of powers.entries())
      for (const signal of this.#segmenter.push(probabilities[i]!, power))
        onSignal(this.#clamped(signal))
  }

  flushVad(onSignal: (signal: TurnSignal) => void): Promise<void> {
    const partial = (this.#buffer.end - this.#processed) % VAD_FRAME
    if (partial > 0) this.#buffer.append(new Float32Array(VAD_FRAME - partial))
    return this.runVad(onSignal)
  }

  end(): TurnSignal[] {
    return this.#segmenter.end().map(signal => this.#clamped(signal))
  }

  trim(): void {
    this.#buffer.dropBefore(
      Math.min(this.#segmenter.neededFrom, this.#processed),
    )
  }

  dropProcessed(): void {
    this.#buffer.dropBefore(this.#processed)
  }

  async #rate(samples: Float32Array<ArrayBuffer>): Promise<Float32Array> {
    const lead = this.#leadInFrames
    const audio = new Float32Array(lead * VAD_FRAME + samples.length)
    audio.set(samples, lead * VAD_FRAME)
    const { voiceActivity, session, signal } = this.#options
    const rating = await voiceActivity.detect(audio, {
      ...given({ state: this.#state, signal }),
      session,
      offset: this.base + this.#processed - lead * VAD_FRAME,
    })
    const { probabilities, state } = checkRating(rating, audio.length)
    this.#leadInFrames = 0
    this.#state = state
    return probabilities.subarray(lead)
  }

  /** Limits a turn to the audio; silence may have filled up the last frame. */
  #clamped(signal: TurnSignal): TurnSignal {
    if (signal.type === 'start') return signal
    const { turn } = signal
    const end = Math.min(turn.end, this.#length)
    const to = Math.min(turn.to, this.#length)
    return { type: 'turn', turn: { ...turn, end, to } }
  }
}

/** Mean square of each {@link VAD_FRAME} of 16 kHz audio. */
export const framePowers = (samples: Float32Array): number[] => {
  const powers: number[] = []
  for (let at = 0; at < samples.length; at += VAD_FRAME) {
    let power = 0
    for (let i = at; i < at + VAD_FRAME; i++) power += samples[i]! ** 2
    powers.push(power / VAD_FRAME)
  }
  return powers
}
