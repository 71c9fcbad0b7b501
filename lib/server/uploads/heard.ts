import { deflateSync } from 'node:zlib'
import type { FinalEvent, Word } from '../../core/transcript-event.ts'
import type {
  SegmentFacts,
  TimedText,
  TimedWord,
} from '../../openai/wire/answers.ts'
import { piecesOf } from '../../openai/wire/spoken-text.ts'
import { allKnown, logprobOf, logprobsIn } from '../logprob.ts'

const timed = (word: Word): TimedWord => ({
  word: word.text,
  start: word.start / 1_000,
  end: word.end / 1_000,
})

/** How much a text repeats itself, as Whisper reckons it. */
const compressionRatio = (text: string): number => {
  const bytes = Buffer.from(text)
  return bytes.length / deflateSync(bytes).length
}

/**
 * Facts of a turn. A recogniser has no tokens of Whisper's, and gets only what
 * is speech. Where it does not tell how likely its words are, the average is 0.
 */
const factsOf = (text: string, words: readonly Word[]): SegmentFacts => {
  const known = words.map(logprobOf).filter(one => one !== undefined)
  return {
    tokens: [],
    avg_logprob:
      known.reduce((sum, one) => sum + one, 0) / Math.max(1, known.length),
    compression_ratio: compressionRatio(text),
    no_speech_prob: 0,
  }
}

/** Languages of some turns, the one that is spoken longest first. */
const languagesIn = (
  finals: readonly FinalEvent[],
  expected: string | undefined,
): string[] => {
  const spoken = new Map<string, number>()
  for (const { language = expected, start, end } of finals)
    if (language !== undefined)
      spoken.set(language, (spoken.get(language) ?? 0) + end - start)
  return [...spoken].toSorted((a, b) => b[1] - a[1]).map(([code]) => code)
}

/** The text of some turns. */
export const textOf = (finals: readonly FinalEvent[]): string =>
  finals.map(({ text }) => text).join(' ')

/**
 * Turns as the wire has them: a segment each.
 *
 * @param finals none without text
 * @param ms length of the audio
 * @param expected language of turns whose language the recogniser does not tell
 */
export const heardOf = (
  finals: readonly FinalEvent[],
  ms: number,
  expected?: string,
): TimedText => {
  const languages = languagesIn(finals, expected)
  return {
    text: textOf(finals),
    words: finals.flatMap(({ words = [] }) => words.map(timed)),
    segments: finals.map(({ text, start, end, words = [] }) => ({
      text,
      start: start / 1_000,
      end: end / 1_000,
      facts: factsOf(text, words),
    })),
    duration: ms / 1_000,
    language: languages[0] ?? expected ?? 'und',
    languages,
    logprobs:
      allKnown(
        finals.flatMap(({ text, words = [] }) =>
          logprobsIn(piecesOf(text), words),
        ),
      ) ?? null,
  }
}
