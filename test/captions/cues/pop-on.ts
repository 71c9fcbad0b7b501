import { equal, ok } from 'node:assert/strict'
import * as fc from 'fast-check'
import t from 'tap'
import {
  cleanText,
  lengthOf,
  widthOf,
} from '../../../lib/captions/cues/caption-text.ts'
import type { Cue } from '../../../lib/captions/cues/cue.ts'
import { PopOn } from '../../../lib/captions/cues/pop-on.ts'
import {
  captionProfiles,
  defaultProfile,
  type CaptionProfile,
} from '../../../lib/captions/profiles.ts'
import { checkCues } from '../../../lib/captions/cues/check-cues.ts'
import type { FinalEvent } from '../../../lib/core/transcript-event.ts'
import { finals, hostileText, plainText } from '../../fixtures/captions.ts'
import { ownClips } from '../../fixtures/speech-clips.ts'

const final = (text: string, end: number): FinalEvent => ({
  type: 'final',
  turn: '',
  text,
  start: 0,
  end,
})
/** The cues of one final, but for the limits that they could not keep. */
const cuesOf = (
  final: FinalEvent,
  profile: CaptionProfile = defaultProfile,
): Cue[] => {
  const source = new PopOn(profile, text => text)
  return [...source.event(final), ...source.end()].map(
    ({ start, end, lines, speaker }) => ({
      start,
      end,
      lines,
      ...(speaker !== undefined && { speaker }),
    }),
  )
}

const texts = (cues: Cue[]): string[][] => cues.map(cue => [...cue.lines])

t.test('gives each sentence its own cue if it is long enough', async t => {
  const text =
    'He was not an ill-disposed young man. Unless to be rather ' +
    'cold-hearted and rather selfish is to be ill-disposed.'
  t.strictSame(texts(cuesOf(final(text, 8000))), [
    ['He was not an ill-disposed young man.'],
    [
      'Unless to be rather cold-hearted',
      'and rather selfish is to be ill-disposed.',
    ],
  ])
})

t.test('short sentences share a cue', async t => {
  t.equal(cuesOf(final('Yes. No. I see.', 1500)).length, 1)
})

t.test('without punctuation, before conjunctions and even', async t => {
  const text =
    'the rain came down over the hills in the morning and nobody was ' +
    'outside to see how the river rose above the bridge'
  const cues = cuesOf(final(text, 9000))
  t.equal(cues.length, 2)
  t.match(cues[1]!.lines[0], /^and nobody/)
})

t.test('times follow the words; a short cue is held into a pause', async t => {
  const words = [
    { text: 'Well', start: 100, end: 300, source: 'model' as const },
    { text: 'then', start: 9000, end: 9100, source: 'model' as const },
  ]
  const cues = cuesOf({ ...final('Well then', 9500), words })
  t.strictSame(cues, [
    { start: 100, end: 933, lines: ['Well'] },
    { start: 9000, end: 9500, lines: ['then'] },
  ])
})

t.test('shows a single long word for seven seconds', async t => {
  t.strictSame(cuesOf(final('Hmm.', 12_000)), [
    { start: 0, end: 7000, lines: ['Hmm.'] },
  ])
})

t.test('keeps the speaker', async t => {
  t.equal(cuesOf({ ...final('Hi.', 900), speaker: 'A' })[0]!.speaker, 'A')
})

t.test('text that shows nothing gives no cue', async t => {
  t.strictSame(cuesOf(final(' \u0000\n', 900)), [])
})

t.test('a turn without length still shows its text', async t => {
  t.strictSame(cuesOf(final('Hi.', 0)), [{ start: 0, end: 1, lines: ['Hi.'] }])
})

const weak = /\b(?:a|an|the|of|to|in|with|for)$/i

/** What shows of a text, without its spaces. */
const unspaced = (text: string): string =>
  text.replaceAll(/[\s\u200b-\u200f\u2060-\u2064]/g, '')

const limits = fc.record({
  maxLineWidth: fc.integer({ min: 1, max: 60 }),
  maxLineCount: fc.integer({ min: 1, max: 4 }),
  minDurationMs: fc.constant(833),
  maxDurationMs: fc.constant(7000),
})

t.test('words, limits and order hold for any text', t => {
  const any = fc.oneof(plainText, hostileText)
  fc.assert(
    fc.property(finals(any), limits, (turns, limits) => {
      for (const turn of turns) {
        const cues = cuesOf(turn, { ...defaultProfile, ...limits })
        const shown = cues.flatMap(cue => cue.lines).join(' ')
        equal(unspaced(shown), unspaced(cleanText(turn.text)))
        let free = turn.start - 0.5
        for (const cue of cues) {
          ok(cue.start >= free && cue.end > cue.start, 'cues overlap')
          ok(cue.lines.length <= limits.maxLineCount, 'too many lines')
          for (const line of cue.lines)
            ok(widthOf(line) <= limits.maxLineWidth || lengthOf(line) === 1)
          ok(cue.end - cue.start <= 7001, 'too long')
          free = cue.end
        }
        // each of n cues lasts 1 ms, however short the turn
        ok(free <= turn.end + cues.length, 'a cue outlives its turn')
      }
    }),
    { numRuns: 150 },
  )
  t.end()
})

t.test('words are joined by spaces as they were', t => {
  fc.assert(
    fc.property(finals(plainText), turns => {
      const wide = { ...defaultProfile, maxLineWidth: 30 }
      for (const turn of turns) {
        const shown = cuesOf(turn, wide).flatMap(cue => cue.lines)
        equal(shown.join(' '), cleanText(turn.text))
      }
    }),
  )
  t.end()
})

const popOnProfiles = Object.values(captionProfiles).filter(
  ({ mode }) => mode === 'pop-on',
)

/** Cues of a transcript. */
const all = (turns: readonly FinalEvent[], profile: CaptionProfile): Cue[] => {
  const source = new PopOn(profile, text => text)
  return [...turns.flatMap(turn => source.event(turn)), ...source.end()]
}

t.test("a profile's limits hold, or the cue says which does not", t => {
  const any = fc.oneof(plainText, hostileText)
  const profiles = fc.constantFrom(...popOnProfiles)
  fc.assert(
    fc.property(finals(any), profiles, (turns, profile) => {
      const cues = all(turns, profile)
      equal(
        unspaced(cues.flatMap(cue => cue.lines).join('')),
        unspaced(turns.map(({ text }) => cleanText(text)).join('')),
      )
      for (const { index, rule, message } of checkCues(cues, profile)) {
        const cue = cues[index - 1]!
        // A gap is told by the cue in front of it.
        const told = rule === 'gap' ? cues[index - 2]! : cue
        ok(
          told.exceptions?.some(exception => exception.rule === rule),
          `${rule}: ${message}`,
        )
      }
    }),
    { numRuns: 200, endOnFailure: true },
  )
  t.end()
})

t.test('ends no cue earlier than necessary', t => {
  const profiles = fc.constantFrom(...popOnProfiles)
  fc.assert(
    fc.property(finals(plainText), profiles, (turns, profile) => {
      const cues = all(turns, profile)
      const ends = turns
        .filter(({ text }) => text !== '')
        .map(({ words, end }) => words?.at(-1)?.end ?? end)
      for (const [i, cue] of cues.entries()) {
        const rules = new Set((cue.exceptions ?? []).map(({ rule }) => rule))
        if (!rules.has('reading-speed') && !rules.has('min-duration')) continue
        const gap = (cues[i + 1]?.start ?? Infinity) - cue.end
        const length = cue.end - cue.start
        // The last word of a cue that is not held up ends at its turn's end, or
        // within; none may stay longer behind it than the profile lets it.
        const latest = ends.findLast(end => end <= cue.end) ?? 0
        ok(
          gap <= profile.minGapMs ||
            length >= profile.maxDurationMs - 1 ||
            cue.end - latest >= profile.maxHoldMs - 1,
          `${length} ms, ${gap} ms before the next`,
        )
      }
    }),
    { numRuns: 200, endOnFailure: true },
  )
  t.end()
})

t.test('joins speech without a pause in one cue', async t => {
  const turns: FinalEvent[] = [
    { type: 'final', turn: '1', text: 'Yes, I', start: 0, end: 600 },
    { type: 'final', turn: '2', text: 'do know.', start: 700, end: 1500 },
    { type: 'final', turn: '3', text: 'Well then.', start: 4000, end: 4400 },
  ]
  t.strictSame(all(turns, captionProfiles.netflix), [
    { start: 0, end: 1500, lines: ['Yes, I do know.'] },
    { start: 4000, end: 4834, lines: ['Well then.'] },
  ])
  const two = turns.map((turn, i) => ({ ...turn, speaker: `${i}` }))
  t.strictSame(
    all(two, captionProfiles.netflix).map(({ lines }) => lines),
    [['Yes, I'], ['- do know.'], ['- Well then.']],
  )
})

t.test('small gaps are closed, as the profile says', async t => {
  const at = (start: number, end: number, text: string): FinalEvent => ({
    type: 'final',
    turn: `${start}`,
    text,
    start,
    end,
  })
  const turns = [
    at(0, 2000, 'Nobody was there to see it.'),
    at(2400, 5000, 'The river rose above the bridge.'),
    at(5700, 8000, 'Then it fell again.'),
  ]
  const times = (profile: CaptionProfile) =>
    all(turns, profile).map(({ start, end }) => [start, end])
  const separate = { maxLineWidth: 33, maxLineCount: 1 }
  t.strictSame(times({ ...captionProfiles.netflix, ...separate }), [
    [0, 2316],
    [2400, 5000],
    [5700, 8000],
  ])
  t.strictSame(times({ ...captionProfiles.bbc, ...separate }), [
    [0, 2400],
    [2400, 5700],
    [5700, 8000],
  ])
})

t.test('how speakers look', async t => {
  const say = (speaker: string | undefined, i: number): FinalEvent => ({
    type: 'final',
    turn: `${i}`,
    text: 'Yes.',
    start: i * 5000,
    end: i * 5000 + 1000,
    ...(speaker !== undefined && { speaker }),
  })
  const turns = ['Ann', 'Ann', 'Bob', undefined, 'Ann'].map(say)
  const shown = (speakerStyle: CaptionProfile['speakerStyle']) =>
    all(turns, { ...defaultProfile, speakerStyle }).map(
      ({ lines, color }) => color ?? lines[0],
    )
  t.strictSame(shown('names'), [
    'Ann: Yes.',
    'Yes.',
    'Bob: Yes.',
    'Yes.',
    'Ann: Yes.',
  ])
  t.strictSame(shown('arrows'), [
    '>> Yes.',
    'Yes.',
    '>> Yes.',
    'Yes.',
    '>> Yes.',
  ])
  t.strictSame(shown('dashes'), ['Yes.', 'Yes.', '- Yes.', 'Yes.', '- Yes.'])
  t.strictSame(shown('colors'), ['white', 'white', 'yellow', 'Yes.', 'white'])
  t.strictSame(shown('none'), Array(5).fill('Yes.'))
})

t.test('two channels may overlap, and come in order', async t => {
  const on = (channel: number, start: number, end: number): FinalEvent => ({
    type: 'final',
    turn: `${channel}.${start}`,
    text: 'one two three four five six seven eight nine ten eleven twelve and so on it goes here',
    start,
    end,
    channel,
  })
  const turns = [on(0, 0, 9000), on(1, 2000, 12_000), on(0, 10_000, 15_000)]
  for (const profile of [defaultProfile, captionProfiles.netflix]) {
    const cues = all(turns, profile)
    const starts = cues.map(({ start }) => start)
    t.strictSame(
      starts,
      starts.toSorted((a, b) => a - b),
    )
    t.equal(cues.find(({ channel }) => channel === 1)!.start, 2000)
    for (const channel of [0, 1]) {
      const own = cues.filter(cue => cue.channel === channel)
      t.ok(own.every((cue, i) => i === 0 || cue.start >= own[i - 1]!.end))
    }
  }
})

t.test('a gap stands in its channel', async t => {
  const source = new PopOn(captionProfiles.netflix, text => text)
  const gap = { start: 0, end: 2000, reason: 'lost', channel: 1 }
  t.strictSame(source.event({ type: 'gap', ...gap }), [
    { start: 0, end: 2000, lines: ['[inaudible]'], channel: 1 },
  ])
})

t.test('applies the rules of a language', async t => {
  const text = '東京に行きます。'.repeat(8)
  const turn = { ...final(text, 40_000), language: 'ja' }
  const lines = all([turn], captionProfiles.netflix).flatMap(cue => cue.lines)
  t.ok(lines.every(line => widthOf(line) <= 26))
  t.equal(lines.join(''), text)
})

t.test('the reference talk breaks no rule of netflix', async t => {
  let at = 0
  const turns: FinalEvent[] = []
  for (const { id, text, words, duration } of await ownClips()) {
    const timed = words.map(({ word, start, end }) => ({
      text: word,
      start: at + start * 1000,
      end: at + end * 1000,
      source: 'attention' as const,
    }))
    const [start, end] = [timed[0]!.start, timed.at(-1)!.end]
    turns.push({ type: 'final', turn: id, text, start, end, words: timed })
    at += duration * 1000
  }
  const cues = all(turns, captionProfiles.netflix)
  t.ok(cues.length >= 9)
  t.strictSame(checkCues(cues, 'netflix'), [])
  for (const line of cues.flatMap(cue => cue.lines)) t.notMatch(line, weak)
})

t.test('at usual sizes no line ends on an article or preposition', t => {
  const word = fc.constantFrom('house', 'river', 'walked', 'green', 'slowly')
  const phrase = fc.tuple(
    fc.constantFrom('the', 'a', 'of', 'to', 'in'),
    word,
    word,
  )
  const text = fc
    .array(phrase, { minLength: 1, maxLength: 40 })
    .map(phrases => phrases.flat().join(' '))
  fc.assert(
    fc.property(text, text => {
      const cues = cuesOf(final(text, text.length * 70), defaultProfile)
      return !cues.some(cue => cue.lines.some(line => weak.test(line)))
    }),
    { numRuns: 50 },
  )
  t.end()
})
