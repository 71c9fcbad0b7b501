import type { AudioChunk } from '../core/audio-chunk.ts'
import { checkInteger, checkNumber } from '../core/options.ts'
import type {
  TurnDetection,
  TurnDetector,
  TurnMark,
} from '../core/turn-detector.ts'
import { MAX_NUMBER, frameSamples, numberedSample } from './number-code.ts'

/** Options of {@link numberedAudio}. */
export type NumberedAudioOptions = {
  /** Number of frames, without pauses. */
  readonly frames: number
  /**
   * Index of the first frame.
   * @default 0
   */
  readonly first?: number
  /**
   * Frames between two pauses.
   * @default 5
   */
  readonly turnFrames?: number
  /**
   * Length of a pause, in frames; 0 for none.
   * @default 2
   */
  readonly pauseFrames?: number
  /**
   * In Hz.
   * @default 24000
   */
  readonly sampleRate?: number
  /**
   * Length of a frame, in ms.
   * @default 100
   */
  readonly frameMs?: number
  /**
   * Length of a chunk, in ms; the last may be shorter.
   * @default 50
   */
  readonly chunkMs?: number
}

const resolve = ({
  frames,
  first = 0,
  turnFrames = 5,
  pauseFrames = 2,
  sampleRate = 24_000,
  frameMs = 100,
  chunkMs = 50,
}: NumberedAudioOptions) => {
  checkInteger('frames', frames, 0, MAX_NUMBER + 1)
  checkInteger('first', first, 0, MAX_NUMBER + 1 - frames)
  checkInteger('turnFrames', turnFrames, 1)
  checkInteger('pauseFrames', pauseFrames, 0)
  checkInteger('sampleRate', sampleRate, 1, 384_000)
  checkNumber('chunkMs', chunkMs, 1 / 384)
  const frame = frameSamples(sampleRate, frameMs)
  const chunk = Math.max(1, Math.round((sampleRate * chunkMs) / 1_000))
  return { frames, first, turnFrames, pauseFrames, sampleRate, frame, chunk }
}

type Resolved = ReturnType<typeof resolve>

function* chunks(options: Resolved): Generator<AudioChunk> {
  const { frames, first, turnFrames, pauseFrames, sampleRate } = options
  const { frame, chunk } = options
  let samples = new Float32Array(chunk)
  let filled = 0
  let offset = 0
  const turn = turnFrames + pauseFrames
  const pauses = Math.max(0, Math.ceil(frames / turnFrames) - 1)
  const all = frames + pauses * pauseFrames
  for (let slot = 0; slot < all; slot++) {
    const place = slot % turn
    const number =
      place < turnFrames
        ? first + Math.floor(slot / turn) * turnFrames + place
        : undefined
    for (let at = 0; at < frame; at++) {
      if (number !== undefined)
        samples[filled] = numberedSample(number, frame, at) / 32_768
      if (++filled < chunk) continue
      yield { sampleRate, channels: [samples], offset }
      offset += chunk
      samples = new Float32Array(chunk)
      filled = 0
    }
  }
  if (filled > 0)
    yield { sampleRate, channels: [samples.subarray(0, filled)], offset }
}

/**
 * Creates audio in which every frame carries its number, so that a recogniser
 * can detect which frames arrived whole, and in which order: {@link
 * recognizeNumbers} returns `w0 w1 w2 …`. Turns of `turnFrames` frames are
 * separated by pauses of zeros. Chunks are created as they are read.
 * @throws OptionError
 */
export const numberedAudio = (
  options: NumberedAudioOptions,
): Iterable<AudioChunk> => {
  const resolved = resolve(options)
  return { [Symbol.iterator]: () => chunks(resolved) }
}

/** Options of {@link numberedTurns}, the same as those of the audio. */
export type NumberedTurnsOptions = {
  /** @default 5 */
  readonly turnFrames?: number
  /** @default 2 */
  readonly pauseFrames?: number
  /**
   * In ms.
   * @default 100
   */
  readonly frameMs?: number
  /**
   * Frames after which a turn is closed without a pause.
   * @default turnFrames if there are no pauses, otherwise no limit
   */
  readonly maxTurnFrames?: number
}

class NumberedTurnDetector implements TurnDetector {
  readonly #frame: number
  readonly #longest: number
  #position = 0
  /** First sample of the open turn. */
  #from: number | undefined
  /** Zeros at the end of the audio so far. */
  #silence = 0

  constructor(frame: number, maxTurnFrames: number) {
    this.#frame = frame
    this.#longest = frame * maxTurnFrames
  }

  get settled(): number {
    return this.#from === undefined
      ? this.#position
      : this.#position - this.#silence
  }

  push(samples: Float32Array): TurnMark[] {
    const marks: TurnMark[] = []
    for (const sample of samples) {
      if (sample === 0) this.#silence++
      else {
        this.#silence = 0
        if (this.#from === undefined) {
          this.#from = this.#position
          marks.push({ type: 'open', from: this.#from, start: this.#from })
        }
      }
      this.#position++
      if (this.#from === undefined) continue
      if (
        this.#silence >= this.#frame ||
        this.#position - this.#from >= this.#longest
      )
        marks.push(this.#close())
    }
    return marks
  }

  end(): TurnMark[] {
    return this.#from === undefined ? [] : [this.#close()]
  }

  #close(): TurnMark {
    const end = this.#position - this.#silence
    this.#from = undefined
    return { type: 'close', end, to: end }
  }
}

/**
 * Detects the turns of numbered audio, to the sample. A turn opens at the first
 * sample other than 0. It closes where a pause began, once that has lasted a
 * frame, and after `maxTurnFrames`.
 * @throws OptionError
 */
export const numberedTurns = ({
  turnFrames = 5,
  pauseFrames = 2,
  frameMs = 100,
  maxTurnFrames = pauseFrames === 0 ? turnFrames : Number.MAX_SAFE_INTEGER,
}: NumberedTurnsOptions = {}): TurnDetection => {
  checkInteger('turnFrames', turnFrames, 1)
  checkInteger('pauseFrames', pauseFrames, 0)
  checkInteger('maxTurnFrames', maxTurnFrames, 1)
  return sampleRate =>
    new NumberedTurnDetector(frameSamples(sampleRate, frameMs), maxTurnFrames)
}
