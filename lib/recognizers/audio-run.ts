import { checkRating } from './recognizer.ts'
import { SampleBuffer } from './sample-buffer.ts'
import { TurnSegmenter, type OpenTurn, type Turn, type TurnOptions, type TurnSignal } from './turn-segmenter.ts'
import { VAD_FRAME, type VoiceActivity } from './voice-activity.ts'

/** Options of {@link Stretch}. */
type StretchOptions = {
  readonly voiceActivity: VoiceActivity
  /** Whose audio it is. */
  readonly session: object
  readonly turns: TurnOptions
  /** Whether text is shown while a turn is open. */
  readonly live: boolean
  /** Sample of the source at which it begins. */
  readonly base: number
  /** Whether it may begin in the midst of a word. */
  readonly abrupt?: boolean
  readonly signal?: AbortSignal
}

/**
 * Most audio that one voice-activity job takes: 16 s, more than a turn, so
 * that the next turn is found before the workers are done with the last.
 */
const MAX_DETECT = 500 * VAD_FRAME

/** So many silent frames are a pause in which a turn may end: 96 ms. */
const PAUSE_FRAMES = 3

/**
 * Without anything before it, the detector misses what is said in the first
 * moments. So it is given silence: 0.5 s.
 */
const LEAD_FRAMES = 16

/**
 * A stretch of audio with nothing missing in it, and the turns that voice
 * activity finds there. Samples count from its beginning.
 */
export class Stretch {
  readonly base: number
  readonly #options: StretchOptions
  readonly #segmenter: TurnSegmenter
  readonly #buffer = new SampleBuffer()
  #state: unknown
  /** Frames of silence that the detector has yet to be given. */
  #lead: number
  #seen = 0
  #length = 0

  constructor(options: StretchOptions) {
    const { turns, live, base, abrupt = false } = options
    this.base = base
    this.#lead = abrupt ? LEAD_FRAMES : 0
    this.#options = options
    this.#segmenter = new TurnSegmenter(turns, live)
  }

  /** How many samples have come. */
  get length(): number {
    return this.#length
  }

  /**
   * Sample up to which the audio belongs to the turns found so far: what has
   * been looked at, and the part of a frame behind it.
   */
  get known(): number {
    return Math.min(this.#length, this.#seen + VAD_FRAME)
  }

  /** Sample before which the speech of no later turn begins. */
  get earliest(): number {
    return this.#segmenter.earliest
  }

  /** First sample that a later turn may still need. */
  get needed(): number {
    return this.#segmenter.needed
  }

  /** The turn that is open; none before it is certain to be speech. */
  get open(): OpenTurn | undefined {
    return this.#segmenter.open
  }

  append(samples: Float32Array): void {
    this.#buffer.append(samples)
    this.#length += samples.length
  }

  /** A copy of samples that are still there. */
  audio(from: number, to: number): Float32Array<ArrayBuffer> {
    return this.#buffer.slice(from, Math.min(to, this.#length))
  }

  /**
   * The open turn as it would be if the audio ended with these samples, and
   * its audio; undefined where nobody has paused.
   */
  ifEnded(
    tail: Float32Array,
  ): { turn: Turn; audio: Float32Array<ArrayBuffer> } | undefined {
    const { open } = this.#segmenter
    if (!open || this.#seen - open.end < PAUSE_FRAMES * VAD_FRAME)
      return undefined
    const length = this.#length + tail.length
    const to = Math.min(this.#segmenter.suffixEnd, length)
    const audio = new Float32Array(to - open.from)
    audio.set(this.audio(open.from, to))
    const missing = Math.max(0, to - this.#length)
    audio.set(tail.subarray(0, missing), audio.length - missing)
    return { turn: { ...open, to }, audio }
  }

  /** What no turn has that is closed, but for silence that none will want. */
  rest(): Float32Array<ArrayBuffer> {
    return this.audio(this.#segmenter.needed, this.#length)
  }

  /** Whether so much waits to be looked at as one job takes. */
  get full(): boolean {
    return this.#buffer.end - this.#seen >= MAX_DETECT
  }

  /**
   * Looks at the whole frames that have come, at most {@link MAX_DETECT}.
   *
   * @param take called for each signal; with no time between it and
   *   {@link earliest} moving on
   */
  async look(take: (signal: TurnSignal) => void): Promise<void> {
    const waiting = Math.min(this.#buffer.end - this.#seen, MAX_DETECT)
    const length = waiting - (waiting % VAD_FRAME)
    if (length === 0) return
    const samples = this.#buffer.slice(this.#seen, this.#seen + length)
    const powers = framePowers(samples)
    const probabilities = await this.#rate(samples)
    this.#seen += length
    for (const [i, power] of powers.entries())
      for (const signal of this.#segmenter.push(probabilities[i]!, power))
        take(this.#clamped(signal))
  }

  /** Looks at what is left when no more will come. */
  lookAtRest(take: (signal: TurnSignal) => void): Promise<void> {
    const rest = (this.#buffer.end - this.#seen) % VAD_FRAME
    if (rest > 0) this.#buffer.append(new Float32Array(VAD_FRAME - rest))
    return this.look(take)
  }

  /** Ends the turn that is open, if any. */
  end(): TurnSignal[] {
    return this.#segmenter.end().map(signal => this.#clamped(signal))
  }

  /** Forgets the audio that no turn to come needs. */
  trim(): void {
    this.#buffer.dropBefore(Math.min(this.#segmenter.needed, this.#seen))
  }

  /** Forgets all audio that has been looked at: nobody wants it. */
  forget(): void {
    this.#buffer.dropBefore(this.#seen)
  }

  /** How likely each frame is speech. */
  async #rate(samples: Float32Array<ArrayBuffer>): Promise<Float32Array> {
    const lead = this.#lead
    const audio = new Float32Array(lead * VAD_FRAME + samples.length)
    audio.set(samples, lead * VAD_FRAME)
    const { voiceActivity, session, signal } = this.#options
    const rating = await voiceActivity.detect(audio, {
      ...(this.#state !== undefined && { state: this.#state }),
      ...(signal && { signal }),
      session,
      offset: this.base + this.#seen - lead * VAD_FRAME,
    })
    const { probabilities, state } = checkRating(rating, audio.length)
    this.#lead = 0
    this.#state = state
    return probabilities.subarray(lead)
  }

  /** No turn lasts into the silence that fills up the last frame. */
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
