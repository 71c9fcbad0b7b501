import { deepEqual, equal, ok } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { distributionOf } from '../../benchmarks/statistics.ts'
import type { Word } from '../../lib/core/transcript-event.ts'
import type { RecognizedWord } from '../../lib/recognizers/recognizer.ts'
import { Moonshine } from '../../lib/recognizers/moonshine/moonshine.ts'
import { recognize } from '../../lib/recognizers/moonshine/recognize.ts'
import { SileroVad } from '../../lib/recognizers/engine/silero.ts'
import {
  TurnSegmenter,
  type Turn,
} from '../../lib/recognizers/turn-segmenter.ts'
import { normalizedWord, alignWords } from '../../lib/recognizers/live-text.ts'
import { timedWords } from '../../lib/recognizers/word-times.ts'
import { tinyModel, vadModel } from '../fixtures/models.ts'
import { ownClips, samplesOf } from '../fixtures/speech-clips.ts'

const FRAME = 512
/** A frame lasts 32 ms. */
const FRAME_MS = FRAME / 16

/** A turn whose frames have these probabilities. */
const turnOf = (
  probabilities: readonly number[],
  more: Partial<Turn> = {},
): Turn => ({
  start: 0,
  end: probabilities.length * FRAME,
  from: 0,
  to: probabilities.length * FRAME,
  spoken: true,
  probabilities,
  ...more,
})

const ended = (frame: number, text = 'so'): RecognizedWord => ({
  text,
  probability: 0.5,
  end: frame * FRAME,
})

/** Times of words whose ends are all known. */
const timesOf = (
  ...[words, turn, base]: Parameters<typeof timedWords> extends [
    ...infer Rest,
    unknown,
  ]
    ? Rest
    : never
): Word[] => timedWords(words, turn, base, 'attention')!

const frames = (length: number, probability = 1): number[] =>
  Array.from({ length }, () => probability)

t.test('a word starts where the one before ended', async t => {
  const turn = turnOf(frames(30), { start: 2 * FRAME })
  const words = timesOf([ended(10), ended(25)], turn, 1_000)
  t.strictSame(words, [
    {
      text: 'so',
      start: 1_000 + 2 * FRAME_MS,
      end: 1_000 + 10 * FRAME_MS,
      probability: 0.5,
      source: 'attention',
    },
    {
      text: 'so',
      start: 1_000 + 10 * FRAME_MS,
      end: 1_000 + 25 * FRAME_MS,
      probability: 0.5,
      source: 'attention',
    },
  ])
})

t.test('a pause belongs to no word', async t => {
  const turn = turnOf([...frames(10), ...frames(10, 0.1), ...frames(10)])
  const [first, second] = timesOf([ended(10), ended(30)], turn, 0)
  t.equal(first!.end, 10 * FRAME_MS)
  t.equal(second!.start, 20 * FRAME_MS)
})

t.test('a turn counts from its own audio on', async t => {
  const turn = turnOf([...frames(5, 0), ...frames(20), ...frames(5, 0)], {
    from: 100 * FRAME,
    start: 105 * FRAME,
    end: 125 * FRAME,
    to: 130 * FRAME,
  })
  const [word, beyond] = timesOf([ended(15), ended(29)], turn, 0)
  t.match(word, { start: 105 * FRAME_MS, end: 115 * FRAME_MS })
  t.match(beyond, { end: 125 * FRAME_MS }, 'the padding is not the word')
})

t.test('a last word that is cut off ends with its turn', async t => {
  const words = [ended(20), ended(3)]
  const last = timesOf(words, turnOf(frames(30)), 0).at(-1)
  t.match(last, { start: 20 * FRAME_MS, end: 30 * FRAME_MS })
})

t.test('times rise, whatever the decoder looked at', async () => {
  const probability = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(
      fc.array(probability, { minLength: 20, maxLength: 80 }),
      fc.array(fc.double({ min: -5, max: 500, noNaN: true })),
      fc.nat(9),
      fc.nat(9),
      fc.nat(1_000),
      (probabilities, ends, before, after, from) => {
        const length = probabilities.length
        const turn = turnOf(probabilities, {
          from: from * FRAME,
          start: (from + before) * FRAME,
          end: (from + length - after) * FRAME,
          to: (from + length) * FRAME,
        })
        const words = ends.map(frame => ended(frame))
        const timed = timesOf(words, turn, 0)
        equal(timed.length, words.length)
        const times = timed.flatMap(({ start, end }) => [start, end])
        deepEqual(
          times,
          times.toSorted((a, b) => a - b),
        )
        ok(times.every(time => time >= turn.start / 16))
        ok(times.every(time => time <= turn.end / 16))
      },
    ),
  )
})

/** Words of a clip with their times, as a transcriber finds them. */
const heardIn = async (
  samples: Float32Array,
  vad: SileroVad,
  moonshine: Moonshine,
): Promise<Word[]> => {
  const whole = samples.length - (samples.length % FRAME)
  const { probabilities } = await vad.detect(samples.subarray(0, whole))
  const segmenter = new TurnSegmenter({})
  const signals = [...probabilities].flatMap(p => segmenter.push(p, p))
  const words: Word[] = []
  for (const signal of [...signals, ...segmenter.end()]) {
    if (signal.type !== 'turn') continue
    const { from, to, spoken } = signal.turn
    const stretch = { samples: samples.subarray(from, to), spoken }
    const heard = await recognize(moonshine, { ...stretch, live: false })
    words.push(...timesOf(heard.words, signal.turn, 0))
  }
  return words
}

t.test('times of real speech are those of a forced alignment', async t => {
  const moonshine = await Moonshine.load(await tinyModel())
  const vad = await SileroVad.load(await vadModel())
  const late: number[] = []
  for (const clip of await ownClips()) {
    const heard = await heardIn(await samplesOf(clip.path), vad, moonshine)
    const keys = (texts: readonly string[]): string[] =>
      texts.map(normalizedWord)
    const like = alignWords(
      keys(clip.words.map(({ word }) => word)),
      keys(heard.map(({ text }) => text)),
    )
    for (const [i, { end }] of heard.entries()) {
      const word = clip.words[like[i]!]
      if (word) late.push(end - Math.round(word.end * 1_000))
    }
  }
  const { n, p50, p95 } = distributionOf(late.map(Math.abs))
  t.comment(`${n} words, ends off by ${p50} ms; p95 ${p95} ms`)
  t.ok(n >= 75, 'of 92 words')
  t.ok(p50! <= 120)
  t.ok(p95! <= 400)
})
