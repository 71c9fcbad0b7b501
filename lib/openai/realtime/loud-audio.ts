import type { AudioStore } from './audio-store.ts'
import { SAMPLES_PER_MS } from './event-writer.ts'

/** Audio whose level is measured at a time: 100 ms. */
const WINDOW = 100 * SAMPLES_PER_MS
/** Mean level (RMS) from which audio may well be speech: −30 dB. */
const SPEECH = 0.03 * 32_768
/** Level of a single sample above which audio is not taken for silence. */
const PEAK = 0.02 * 32_768

/** Samples (s16le) in windows that are as loud as speech. */
const loudSamples = (bytes: Buffer): number => {
  let loud = 0
  for (let from = 0; from < bytes.length; from += 2 * WINDOW) {
    const window = bytes.subarray(from, from + 2 * WINDOW)
    let energy = 0
    for (let at = 0; at + 1 < window.length; at += 2)
      energy += window.readInt16LE(at) ** 2
    const samples = window.length / 2
    if (Math.sqrt(energy / samples) >= SPEECH) loud += samples
  }
  return loud
}

/** Measures how loud the audio is in which a server found no turn. */
export class LoudAudio {
  readonly #store: AudioStore
  /** Samples as loud as speech since the last turn, up to a place. */
  #samples = 0
  #until = 0

  constructor(store: AudioStore) {
    this.#store = store
  }

  /** Whether a range of the source may contain speech. */
  async mayBeSpeech(from: number, to: number): Promise<boolean> {
    const bytes = await this.#store.read(Math.max(from, this.#store.start), to)
    for (let at = 0; at + 1 < bytes.length; at += 2)
      if (Math.abs(bytes.readInt16LE(at)) > PEAK) return true
    return false
  }

  /**
   * Samples as loud as speech from the end of the last turn up to a place.
   * Each call reads only what has come since the last one.
   */
  async since(turnEnd: number, until: number): Promise<number> {
    const from = Math.max(turnEnd, this.#until, this.#store.start)
    if (from === turnEnd) this.#samples = 0
    this.#until = Math.max(this.#until, until)
    if (from < until)
      this.#samples += loudSamples(await this.#store.read(from, until))
    return this.#samples
  }
}
