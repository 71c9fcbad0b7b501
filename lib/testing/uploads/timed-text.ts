import { readNumbers } from '../number-code.ts'
import type {
  TimedSegment,
  TimedText,
  TimedWord,
} from '../../openai/wire/answers.ts'
import type { UploadAudio } from './upload-audio.ts'

/** Where the numbered frames of the audio are. */
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
 * Gives what was heard its times: exact ones where the audio is numbered and
 * there is a word for each frame, otherwise the words share the time evenly.
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
