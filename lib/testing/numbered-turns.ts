import { checkInteger } from '../core/options.ts'
import type {
  TurnDetection,
  TurnDetector,
  TurnMark,
} from '../core/turn-detector.ts'
import { frameSamples } from './number-code.ts'

/** Options of {@link numberedTurns}; the audio's own where they share a name. */
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
   * @default turnFrames where there are no pauses, otherwise no limit
   */
  readonly maxTurnFrames?: number
}

const resolve = ({
  turnFrames = 5,
  pauseFrames = 2,
  frameMs = 100,
  maxTurnFrames = pauseFrames === 0 ? turnFrames : Number.MAX_SAFE_INTEGER,
}: NumberedTurnsOptions) => {
  checkInteger('turnFrames', turnFrames, 1)
  checkInteger('pauseFrames', pauseFrames, 0)
  checkInteger('maxTurnFrames', maxTurnFrames, 1)
  return { frameMs, maxTurnFrames }
}

class NumberedTurnDetector implements TurnDetector {
  readonly #frame: number
  readonly #longest: number
  #position = 0
  /** First sample of the open turn. */
  #from: number | undefined
  /** Zeros that the audio ends with so far. */
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
 * The turns of numbered audio, to the sample. A turn opens at the first
 * sample that is no zero, and closes where a pause began, once that has
 * lasted a frame; and after `maxTurnFrames`.
 *
 * @throws OptionError
 */
export const numberedTurns = (
  options: NumberedTurnsOptions = {},
): TurnDetection => {
  const { frameMs, maxTurnFrames } = resolve(options)
  return sampleRate =>
    new NumberedTurnDetector(frameSamples(sampleRate, frameMs), maxTurnFrames)
}
