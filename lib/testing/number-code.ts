import { OptionError } from '../core/errors.ts'

/**
 * How the samples of a frame encode its index. Samples come in cells of four:
 *
 * | sample | value, as s16 | meaning                          |
 * | ------ | ------------- | -------------------------------- |
 * | 0      | 8193 … 12288  | number of the cell in its frame  |
 * | 1      | 1 … 4096      | low 12 bits of the frame's index |
 * | 2      | 4097 … 8192   | high 12 bits of that index       |
 * | 3      | −1 … −16380   | samples of the whole frame       |
 *
 * So no sample is 0, any 7 in a row identify their place and frame, and
 * rounding to s16 with a scale of 32767 or 32768 changes no value.
 */
const CELL = 4
const LOW = 1
const HIGH = 4_097
const PLACE = 8_193
const DIGIT = 4_096

/** Largest index: there are 2^24 frames, or 19 days at 100 ms. */
export const MAX_NUMBER: number = DIGIT * DIGIT - 1

const MAX_FRAME_SAMPLES = 16_380

/** Converts samples to s16. Louder ones are clipped. */
export const s16Of = (samples: Float32Array): Int16Array => {
  const s16 = new Int16Array(samples.length)
  for (let i = 0; i < s16.length; i++) {
    const value = Math.round(samples[i]! * 32_768)
    s16[i] = Math.max(-32_768, Math.min(32_767, value))
  }
  return s16
}

/**
 * Returns the samples per frame.
 * @throws OptionError if such a frame cannot be numbered
 */
export const frameSamples = (sampleRate: number, frameMs: number): number => {
  const samples = (sampleRate * frameMs) / 1_000
  if (
    !Number.isSafeInteger(samples) ||
    samples < 2 * CELL ||
    samples > MAX_FRAME_SAMPLES
  )
    throw new OptionError(
      'frameMs',
      `must give frames of 8 to ${MAX_FRAME_SAMPLES} whole samples, got ${samples} at ${sampleRate} Hz`,
    )
  return samples
}

/** One sample of a numbered frame, as s16. */
export const numberedSample = (
  index: number,
  frame: number,
  at: number,
): number => {
  switch (at % CELL) {
    case 0:
      return PLACE + (at - (at % CELL)) / CELL
    case 1:
      return LOW + (index % DIGIT)
    case 2:
      return HIGH + Math.floor(index / DIGIT)
    default:
      return -frame
  }
}

/** A run of numbered audio, in samples. */
type NumberedRun = {
  /** Undefined if it cannot be read. */
  readonly index: number | undefined
  /** Whether the frame is complete. */
  readonly whole: boolean
  readonly start: number
  readonly end: number
  /** Middle of the whole frame, which may lie outside the audio. */
  readonly middle: number
}

type Place = { index: number; frame: number; at: number }

const within = (value: number, low: number, count: number): boolean =>
  value >= low && value < low + count

/** Place of a sample in its frame; undefined if it cannot be read. */
const placeOf = (audio: Int16Array, from: number): Place | undefined => {
  const last = Math.min(from + CELL, audio.length - CELL + 1)
  for (let i = from; i < last; i++) {
    const cell = audio[i]! - PLACE
    const low = audio[i + 1]! - LOW
    const high = audio[i + 2]! - HIGH
    const frame = -audio[i + 3]!
    if (!within(cell, 0, DIGIT) || !within(low, 0, DIGIT)) continue
    if (!within(high, 0, DIGIT) || !within(frame, 1, MAX_FRAME_SAMPLES))
      continue
    const at = cell * CELL - (i - from)
    // A frame begins with a cell, so none reaches back before its start.
    if (at >= 0 && at < frame) return { index: high * DIGIT + low, frame, at }
  }
  return undefined
}

/** Number of samples from here on that match the frame. */
const runOf = (
  audio: Int16Array,
  from: number,
  { index, frame, at }: Place,
): number => {
  const most = Math.min(frame - at, audio.length - from)
  let run = 0
  while (
    run < most &&
    audio[from + run] === numberedSample(index, frame, at + run)
  )
    run++
  return run
}

/** First sample that can be read again, or that is silent. */
const nextPlace = (audio: Int16Array, from: number): number => {
  let at = from
  while (at < audio.length && audio[at] !== 0 && !placeOf(audio, at)) at++
  return at
}

/** Reads numbered audio, frame by frame. */
export function* readNumbers(audio: Int16Array): Generator<NumberedRun> {
  for (let start = 0; start < audio.length;) {
    if (audio[start] === 0) {
      start++
      continue
    }
    const place = placeOf(audio, start)
    const run = place ? runOf(audio, start, place) : 0
    if (!place || run === 0) {
      const end = Math.max(nextPlace(audio, start + 1), start + 1)
      const middle = Math.floor((start + end) / 2)
      yield { index: undefined, whole: false, start, end, middle }
      start = end
      continue
    }
    const end = start + run
    yield {
      index: place.index,
      whole: place.at === 0 && run === place.frame,
      start,
      end,
      middle: start - place.at + (place.frame >> 1),
    }
    start = end
  }
}

export const frameWord = ({
  index,
  whole,
}: Pick<NumberedRun, 'index' | 'whole'>): string =>
  index === undefined ? '?' : `${whole ? 'w' : '~'}${index}`

/**
 * Transcribes numbered audio exactly: `w50 w51` if frames 50 and 51 are
 * complete, `~50` if only a part of frame 50 is present (on each side of a
 * cut), `?` for other audio, and nothing for silence.
 * @param audio mono, of any sample rate
 */
export const recognizeNumbers = (audio: Int16Array): string =>
  [...readNumbers(audio)].map(frameWord).join(' ')

/**
 * Result of {@link countNumbers}, as frame numbers. All lists are empty if
 * nothing is wrong.
 */
export type NumberCount = {
  /** Never transcribed whole. */
  readonly lost: readonly number[]
  /** Transcribed whole again, once per repetition. */
  readonly doubled: readonly number[]
  /** Transcribed for the first time after a later one. */
  readonly outOfOrder: readonly number[]
  /** Words that are not a whole frame of the audio. */
  readonly broken: readonly string[]
}

/**
 * Compares transcripts of numbered audio with the audio, exactly and without a
 * speech model.
 * @param texts transcripts, in order of arrival
 * @param frames number of frames in the audio
 * @param first index of the first frame
 */
export const countNumbers = (
  texts: Iterable<string>,
  frames: number,
  first = 0,
): NumberCount => {
  const found = new Set<number>()
  const doubled: number[] = []
  const outOfOrder: number[] = []
  const broken: string[] = []
  let latest = -1
  for (const text of texts)
    for (const word of text.split(/\s+/)) {
      if (word === '') continue
      const index = /^w\d+$/.test(word) ? Number(word.slice(1)) : -1
      if (index < first || index >= first + frames) broken.push(word)
      else if (found.has(index)) doubled.push(index)
      else {
        if (index < latest) outOfOrder.push(index)
        latest = Math.max(latest, index)
        found.add(index)
      }
    }
  const lost: number[] = []
  for (let index = first; index < first + frames; index++)
    if (!found.has(index)) lost.push(index)
  return { lost, doubled, outOfOrder, broken }
}
