import { deflateSync } from 'node:zlib'
import type { FinalEvent, Word } from '../../core/transcript-event.ts'
import type {
  SegmentFacts,
  TimedText,
  TimedWord,
} from '../../protocol/uploads/timed-text.ts'
import { logprobOf } from '../logprob.ts'

const timed = (word: Word): TimedWord => ({
  word: word.text,
  start: word.start / 1_000,
  end: word.end / 1_000,
  logprob: logprobOf(word),
})

/** How much a text repeats itself, as Whisper reckons it. */
const compressionRatio = (text: string): number => {
  const bytes = Buffer.from(text)
  return bytes.length / deflateSync(bytes).length
}

/**
 * Facts of a turn. The engine has no tokens of Whisper's, and hears only
 * what is speech.
 */
const factsOf = (text: string, words: readonly Word[]): SegmentFacts => ({
  tokens: [],
  avg_logprob:
    words.reduce((sum, word) => sum + logprobOf(word), 0) /
    Math.max(1, words.length),
  compression_ratio: compressionRatio(text),
  no_speech_prob: 0,
})

/** The text of some turns. */
export const textOf = (finals: readonly FinalEvent[]): string =>
  finals.map(({ text }) => text).join(' ')

/**
 * Turns as the wire has them: a segment each.
 *
 * @param finals none without text
 * @param ms length of the audio
 */
export const heardOf = (
  finals: readonly FinalEvent[],
  ms: number,
): TimedText => ({
  text: textOf(finals),
  words: finals.flatMap(({ words = [] }) => words.map(timed)),
  segments: finals.map(({ text, start, end, words = [] }) => ({
    text,
    start: start / 1_000,
    end: end / 1_000,
    facts: factsOf(text, words),
  })),
  duration: ms / 1_000,
})
