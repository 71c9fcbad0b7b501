import { bytesPerSample, readPcm } from '../../audio/pcm.ts'
import { sniff } from '../../decode/sniff.ts'
import { WavParser } from '../../decode/wav-decoder.ts'
import type {
  TimedSegment,
  TimedText,
  TimedWord,
} from '../../openai/wire/answers.ts'
import type { ServedModel } from '../../openai/wire/openai-models.ts'
import { refuse } from '../../openai/wire/request-fields.ts'
import { readNumbers } from '../number-code.ts'

export type UploadAudio = {
  /** Mono; empty if the format is not decoded. */
  readonly samples: Int16Array
  /** In Hz; 0 if unknown. */
  readonly sampleRate: number
  /** Undefined if unknown. */
  readonly seconds: number | undefined
}

const SHORTEST = 0.1

const corrupt = (): never =>
  refuse(
    'invalid_value',
    'Audio file might be corrupted or unsupported',
    'file',
  )

/** Reads a WAV and mixes its channels. */
const readWav = (bytes: Buffer): UploadAudio => {
  const parser = new WavParser()
  const data = parser.push(bytes)
  const { format } = parser
  if (!parser.inData || !format?.encoding) return corrupt()
  const { channels, encoding, sampleRate } = format
  const frame = bytesPerSample(encoding) * channels
  const whole = data.subarray(0, data.length - (data.length % frame))
  const planes = readPcm(whole, encoding, channels)
  const samples = new Int16Array(planes[0]!.length)
  for (let i = 0; i < samples.length; i++) {
    let sum = 0
    for (const plane of planes) sum += plane[i]!
    const value = Math.round((sum / channels) * 32_768)
    samples[i] = Math.max(-32_768, Math.min(32_767, value))
  }
  return { samples, sampleRate, seconds: samples.length / sampleRate }
}

/**
 * Reads the audio of an upload.
 * @throws FieldError if it is not audio
 */
export const readAudio = (bytes: Buffer): UploadAudio => {
  const sniffed = sniff(bytes, true)
  if (!sniffed || sniffed.kind === 'unknown') return corrupt()
  if (sniffed.kind !== 'wav')
    return { samples: new Int16Array(0), sampleRate: 0, seconds: undefined }
  try {
    return readWav(bytes)
  } catch {
    return corrupt()
  }
}

/** @throws FieldError if audio is too short, or too long for a model */
export const checkLength = (
  { seconds }: UploadAudio,
  { maxSeconds }: ServedModel,
): void => {
  if (seconds === undefined) return
  if (seconds < SHORTEST)
    refuse(
      'audio_too_short',
      `Audio file is too short. Minimum audio length is ${SHORTEST} seconds.`,
      'file',
    )
  if (seconds > maxSeconds)
    refuse(
      'invalid_value',
      `audio duration ${seconds} seconds is longer than ${maxSeconds} seconds which is the maximum for this model`,
    )
}

/** Places of the numbered frames, in s. */
const places = ({ samples, sampleRate }: UploadAudio) =>
  [...readNumbers(samples)].map(({ start, end }) => ({
    start: start / sampleRate,
    end: end / sampleRate,
  }))

const evenly = (words: readonly string[], duration: number): TimedWord[] =>
  words.map((word, i) => ({
    word,
    start: (duration * i) / words.length,
    end: (duration * (i + 1)) / words.length,
  }))

const segmentsOf = (words: readonly TimedWord[]): TimedSegment[] => {
  const segments: TimedSegment[] = []
  for (const { word, start, end } of words) {
    const last = segments.at(-1)
    if (last && start <= last.end)
      segments.splice(-1, 1, { ...last, text: `${last.text} ${word}`, end })
    else segments.push({ text: word, start, end })
  }
  return segments
}

/**
 * Adds times to a transcript: those of the frames if the audio is numbered and
 * each has a word, otherwise words share the time evenly.
 */
export const timeText = (text: string, audio: UploadAudio): TimedText => {
  const words = text.split(/\s+/).filter(word => word !== '')
  const duration = audio.seconds ?? 0
  const frames = places(audio)
  const timed =
    frames.length === words.length
      ? words.map((word, i) => ({ word, ...frames[i]! }))
      : evenly(words, duration)
  return { text, words: timed, segments: segmentsOf(timed), duration }
}
