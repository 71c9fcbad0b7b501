import { deepEqual, equal, ok } from 'node:assert/strict'
import * as fc from 'fast-check'
import t from 'tap'
import { cleanText, widthOf } from '../../../lib/captions/cues/caption-text.ts'
import type { Cue } from '../../../lib/captions/cues/cue.ts'
import { liveCorrection } from '../../../lib/captions/live/live-correction.ts'
import {
  captionProfiles,
  speakerStyles,
  type CaptionProfile,
} from '../../../lib/captions/profiles.ts'
import { RollUp } from '../../../lib/captions/live/roll-up.ts'
import type { RollUpScreen } from '../../../lib/captions/live/roll-up-screen.ts'
import { ScreenCues } from '../../../lib/captions/live/screen-cues.ts'
import { srt } from '../../../lib/captions/formats/srt.ts'
import type { TranscriptEvent } from '../../../lib/core/transcript-event.ts'
import { liveEvents } from '../../fixtures/roll-up.ts'

const live: CaptionProfile = captionProfiles.live

const screensOf = (
  events: readonly TranscriptEvent[],
  profile: Partial<CaptionProfile> = {},
): RollUpScreen[] => {
  const screen = new RollUp({ ...live, ...profile })
  return [...events.flatMap(event => screen.event(event)), ...screen.end()]
}

/** Times and lines, ` / ` between these. */
const shown = (screens: readonly RollUpScreen[]): string[] =>
  screens.map(({ at, lines }) => `${at} ${lines.join(' / ')}`)

const cuesOf = (
  events: readonly TranscriptEvent[],
  profile: Partial<CaptionProfile> = {},
  prepare = (text: string): string => text,
): Cue[] => {
  const source = new ScreenCues({ ...live, ...profile }, prepare)
  return [...events.flatMap(event => source.event(event)), ...source.end()]
}

const delta = (turn: string, at: number, text: string): TranscriptEvent => ({
  type: 'delta',
  turn,
  at,
  text,
})

const final = (
  turn: string,
  start: number,
  end: number,
  text: string,
  more: object = {},
): TranscriptEvent => ({ type: 'final', turn, start, end, text, ...more })

t.test('words come below what was said, and roll up', async t => {
  const screens = screensOf(
    [
      { type: 'speech-start', turn: '1', at: 200 },
      delta('1', 900, 'And so'),
      delta('1', 1500, ', my fellow'),
      delta('1', 2100, ' Americans, ask not'),
      delta('1', 3000, ' what your country can do'),
      { type: 'speech-end', turn: '1', at: 3000 },
      delta('1', 3500, '.'),
      final('1', 200, 3100, 'And so, my fellow Americans, ask not what …'),
    ],
    { maxLineWidth: 20 },
  )
  t.strictSame(shown(screens), [
    '900 And so',
    '1500 And so, my fellow',
    '2100 And so, my fellow / Americans, ask not',
    '3000 what your country / can do',
    '3500 what your country / can do.',
    '7500 ',
  ])
  t.strictSame(
    screens.map(({ top }) => top),
    [0, 0, 0, 2, 2, 4],
  )
})

t.test('words that come in parts', async t => {
  const parts = [
    'I',
    ' met',
    ' Xerx',
    'es',
    ' the',
    ' Gr',
    'eat',
    ' of',
    ' Per',
  ]
  const deltas = [...parts, 'sia'].map((text, k) => delta('1', k, text))
  const at = (maxLineWidth: number): string[] =>
    shown(screensOf(deltas, { maxLineWidth })).slice(-4, -1)
  t.strictSame(at(20), [
    '7 I met Xerxes the / Great of',
    '8 I met Xerxes the / Great of Per',
    '9 I met Xerxes the / Great of Persia',
  ])
  t.strictSame(
    at(12),
    ['7 the Great / of', '8 the Great / of Per', '9 the Great / of Persia'],
    'room is kept for as much as words have grown before',
  )
  t.equal(
    shown(
      screensOf([delta('1', 0, 'I met Ale'), delta('1', 1, 'xander')], {
        maxLineWidth: 11,
      }),
    ).at(-2),
    '1 I met Ale / xander',
    'the first time there may be too little',
  )
})

t.test('no word is wider than a line, and graphemes stay whole', async t => {
  const families = '👨‍👩‍👧'.repeat(5)
  const screens = screensOf(
    [delta('1', 0, `Abcdefghijklm ${families} e`), delta('1', 10, '\u0301')],
    { maxLineWidth: 6, maxLineCount: 9 },
  )
  t.strictSame(screens[1]?.lines, [
    'Abcdef',
    'ghijkl',
    'm',
    '👨‍👩‍👧'.repeat(3),
    '👨‍👩‍👧'.repeat(2),
    'e\u0301',
  ])
})

t.test('marks and letters without end', async t => {
  const screen = new RollUp(live)
  const add = (text: string): RollUpScreen[] =>
    screen.event(delta('1', 0, text))
  add('e')
  for (let i = 0; i < 5_000; i++) add('\u0301')
  for (let i = 0; i < 5_000; i++) add('\u200b')
  const screens = add(`${'a'.repeat(100_000)} b`)
  t.ok(screens.every(({ lines }) => lines.every(line => widthOf(line) <= 37)))
  const letters = screens.flatMap(
    ({ lines }) => lines.join('').match(/a/g) ?? [],
  )
  t.ok(letters.length >= 100_000)
  screen.event(final('1', 0, 1, 'x '.repeat(100_000)))
  const last = screen.event(delta('2', 0, ' c')).at(-1)
  t.match(last?.lines.at(-1), /x c$/)
})

t.test('a turn goes on in the line, after a pause in a new one', async t => {
  const screens = screensOf([
    { type: 'speech-start', turn: '1', at: 0 },
    delta('1', 500, 'Yes.'),
    final('1', 0, 500, 'Yes.'),
    { type: 'speech-start', turn: '2', at: 1500 },
    delta('2', 2000, 'No.'),
    final('2', 1500, 2000, 'No.'),
    { type: 'speech-start', turn: '3', at: 4000 },
    delta('3', 4300, 'Maybe.'),
    final('3', 4000, 4500, 'Maybe.'),
  ])
  t.strictSame(shown(screens), [
    '500 Yes.',
    '2000 Yes. No.',
    '4300 Yes. No. / Maybe.',
    '8300 ',
  ])
})

t.test('the screen is cleared once nobody speaks', async t => {
  const events: TranscriptEvent[] = [
    delta('1', 500, 'Yes.'),
    final('1', 0, 500, 'Yes.'),
    { type: 'speech-start', turn: '2', at: 9000 },
  ]
  t.strictSame(shown(screensOf(events)), ['500 Yes.', '4500 '])
  const end = { type: 'end', duration: 700, complete: true } as const
  t.strictSame(
    shown(screensOf([...events.slice(0, 2), end])),
    ['500 Yes.', '4500 '],
    'the last words stay as long',
  )
  t.strictSame(
    shown(screensOf(events, { maxHoldMs: Infinity })),
    ['500 Yes.', '500 '],
    'unless they are to stay for ever',
  )
  t.strictSame(cuesOf(events, { maxHoldMs: Infinity }).length, 1)
})

t.test('a turn that goes on after another', async t => {
  const screens = screensOf([
    delta('1', 500, 'One is'),
    delta('2', 900, 'Two is'),
    delta('1', 1200, ' here'),
    final('1', 0, 1000, 'One is here today.'),
    delta('2', 1500, ' too.'),
  ])
  t.strictSame(shown(screens), [
    '500 One is',
    '900 One is Two is',
    '1200 One is Two is / -- here',
    '1200 One is Two is / -- here today.',
    '1500 -- here today. / -- too.',
    '5500 ',
  ])
})

t.test('punctuation has no line of its own', async t => {
  const screens = screensOf(
    [
      delta('1', 500, 'Well'),
      delta('2', 600, '…'),
      delta('2', 700, 'Yes'),
      delta('1', 800, '.'),
      delta('1', 900, 'known'),
      delta('2', 1000, 's, I do'),
      delta('2', 1100, '!!!!'),
      final('1', 0, 900, 'Well.known!'),
      final('2', 0, 1000, '…Yess, I do!!!!'),
    ],
    { maxLineWidth: 12 },
  )
  t.strictSame(shown(screens), [
    '500 Well',
    '700 Well Yes',
    '900 Well Yes / -- known',
    '1000 -- s, I / do',
    '1100 -- s, I / do!!!!',
    '5100 ',
  ])
})

t.test('only serious errors are corrected, behind what was said', async t => {
  const screens = screensOf([
    delta('1', 500, 'We have fifty of those cars'),
    final('1', 0, 1000, 'We have fifteen of these cars here.'),
    delta('2', 1500, 'Good'),
    delta('3', 1800, 'And you?'),
    final('2', 1500, 1700, 'Not good.'),
  ])
  t.strictSame(shown(screens), [
    '500 We have fifty of those cars',
    '1000 We have fifty of those cars here. / -- fifteen',
    '1500 We have fifty of those cars here. / -- fifteen Good',
    '1800 We have fifty of those cars here. / -- fifteen Good And you?',
    '1800 -- fifteen Good And you? / -- Not good',
    '5800 ',
  ])
})

t.test('a final without deltas is shown line by line', async t => {
  const words = ['And', 'so', 'my', 'fellow', 'Americans'].map((text, k) => ({
    text,
    start: 1000 * k,
    end: 1000 * k + (k === 1 ? 400 : 900),
    source: 'attention',
  }))
  const text = 'And so, my fellow Americans.'
  const events = [final('1', 0, 5000, text, { words })]
  const screens = screensOf(events, { maxLineWidth: 10 })
  t.strictSame(shown(screens), [
    '0 And so,',
    '2000 And so, my',
    '3000 And so, my / fellow',
    '4000 fellow / Americans.',
    '8900 ',
  ])
  t.strictSame(
    cuesOf(events, { maxLineWidth: 10 }).map(cue => [cue.start, cue.end]),
    [
      [0, 2000],
      [2000, 3000],
      [3000, 4000],
      [4000, 8900],
    ],
  )
  t.strictSame(
    shown(screensOf([delta('1', 100, '\u200b'), final('1', 0, 500, 'Yes.')])),
    ['0 Yes.', '4500 '],
    'deltas that nobody can see are none',
  )
})

t.test('the final of a turn that began early is waited for', async t => {
  const screens = screensOf([
    { type: 'speech-start', turn: '1', at: 0 },
    { type: 'speech-start', turn: '2', at: 2000 },
    { type: 'speech-start', turn: '3', at: 9000 },
    final('1', 0, 1000, 'One.'),
    final('2', 2000, 3000, 'Two.'),
    final('3', 9000, 10_000, 'Three.'),
  ])
  t.strictSame(shown(screens), [
    '0 One.',
    '2000 One. Two.',
    '7000 ',
    '9000 Three.',
    '14000 ',
  ])
})

const dialogue = [
  final('1', 0, 1000, 'Is it?', { speaker: 'Ann' }),
  final('2', 1000, 2000, 'It is.', { speaker: 'Bob' }),
  final('3', 2000, 2500, 'Good.', { speaker: 'Bob' }),
  final('4', 2500, 3000, 'Who is it?'),
]

t.test('who speaks', async t => {
  const last = (profile: Partial<CaptionProfile>): RollUpScreen =>
    screensOf(dialogue, { maxLineCount: 4, ...profile }).at(-2)!
  t.strictSame(last({}).lines, ['>> Is it?', '>> It is. Good. Who is it?'])
  t.strictSame(last({ speakers: 'names' }).lines, [
    'Ann: Is it?',
    'Bob: It is. Good. Who is it?',
  ])
  t.strictSame(last({ speakers: 'dashes' }).lines, [
    'Is it?',
    '- It is. Good. Who is it?',
  ])
  t.strictSame(last({ speakers: 'none' }).lines, [
    'Is it? It is. Good. Who is it?',
  ])
  const { lines, colors } = last({ speakers: 'colors' })
  t.strictSame(lines, ['Is it?', 'It is. Good.', 'Who is it?'])
  t.strictSame(colors, ['white', 'yellow', undefined])
  const known = screensOf(dialogue).map(({ speaker }) => speaker)
  t.strictSame(known, ['Ann', 'Bob', 'Bob', undefined, undefined])
})

t.test('a cue has the lines of one colour', async t => {
  const cues = cuesOf(dialogue, { speakers: 'colors' })
  t.match(cues, [
    { lines: ['Is it?'], color: 'white', speaker: 'Ann' },
    { lines: ['It is.'], color: 'yellow', speaker: 'Bob' },
    { lines: ['It is. Good.'], color: 'yellow' },
    { lines: ['Who is it?'] },
  ])
})

t.test('what could not be heard', async t => {
  const gap = (start: number, end: number): TranscriptEvent => ({
    type: 'gap',
    start,
    end,
    reason: 'lost',
  })
  const before = [delta('1', 500, 'Yes.'), final('1', 0, 500, 'Yes.')]
  t.strictSame(
    shown(screensOf([...before, gap(500, 1500), delta('2', 2000, 'No.')])),
    ['500 Yes.', '500 Yes. / [inaudible]', '2000 [inaudible] / No.', '6000 '],
  )
  t.strictSame(
    shown(screensOf([...before, gap(500, 3000), gap(3000, 20_000)])),
    ['500 Yes.', '500 Yes. / [inaudible]', '4500 [inaudible]', '24000 '],
    'said once, and alone after a while',
  )
})

t.test('deltas without times, in files and live', async t => {
  const events: TranscriptEvent[] = [
    { type: 'delta', turn: '1', text: 'Yes, it' },
    { type: 'delta', turn: '1', text: ' is.' },
    final('1', 1000, 2000, 'Yes, it is.'),
  ]
  t.strictSame(shown(screensOf(events)), [
    '0 Yes, it',
    '0 Yes, it is.',
    '4000 ',
  ])
  t.strictSame(cuesOf(events), [
    { start: 1000, end: 6000, lines: ['Yes, it is.'] },
  ])
})

t.test('words that come all at once can be read in the file', async t => {
  const text = 'Ask not what your country can do for you.'
  const deltas = text.match(/ ?\S+/g)!.map(word => delta('1', 5000, word))
  const cues = cuesOf(deltas, { maxLineWidth: 10, maxLineCount: 2 })
  t.strictSame(
    cues.map(({ start, end, lines }) => `${start} ${end} ${lines.join(' / ')}`),
    [
      '5000 5400 Ask not / what',
      '5400 5800 your / country',
      '5800 9000 can do / for you.',
    ],
  )
})

t.test('lines are prepared for a format one by one', async t => {
  const events = [
    delta('1', 0, 'a <b'),
    delta('1', 500, '> --'),
    delta('1', 900, '> {x}'),
  ]
  const cues = cuesOf(events, {}, srt.prepare)
  t.strictSame(
    cues.map(({ lines }) => lines),
    [['a ‹b'], ['a ‹b› --'], ['a ‹b› -> (x)']],
  )
  t.strictSame(
    cuesOf([delta('1', 0, '{x}')], {}, () => ''),
    [],
  )
})

const profiles = fc.record({
  maxLineWidth: fc.integer({ min: 2, max: 40 }),
  maxLineCount: fc.integer({ min: 1, max: 4 }),
  speakers: fc.constantFrom(...speakerStyles),
  maxHoldMs: fc.constantFrom(0, 1000, 4000, Infinity),
})

const visible = (text: string): string =>
  text.replaceAll(/[\s\u200b-\u200f\u2060-\u2064]/gu, '')

/** What of the deltas so far can be seen: not half a character. */
const seenOf = (text: string): string =>
  visible(cleanText(text.replace(/[\ud800-\udbff]$/, '')))

/** All that is to be shown, in order, without spaces. */
const expected = (events: readonly TranscriptEvent[]): string => {
  const turns = new Map<string, string>()
  const words = new Map<string, string>()
  const parts: string[] = []
  for (const event of events)
    if (event.type === 'delta') {
      const before = turns.get(event.turn) ?? ''
      const after = before + event.text
      turns.set(event.turn, after)
      words.set(event.turn, cleanText(after.replace(/[\ud800-\udbff]$/, '')))
      parts.push(seenOf(after).slice(seenOf(before).length))
    } else if (event.type === 'final') {
      const before = words.get(event.turn) ?? ''
      const text = cleanText(event.text)
      if (before === '') parts.push(visible(text))
      else if (text !== '') {
        const { rest, corrections } = liveCorrection(before, text)
        if (/[\p{L}\p{N}]/u.test(rest)) parts.push(visible(rest))
        for (const right of corrections) parts.push(`--${visible(right)}`)
      }
    }
  return parts.join('')
}

/** What counts: neither punctuation nor how often something was inaudible. */
const lettersOf = (text: string): string =>
  text.replaceAll(/[^\p{L}\p{N}]/gu, '').replaceAll('inaudible', '')

t.test(
  'nothing that is shown is changed, nothing lost or doubled',
  async () => {
    fc.assert(
      fc.property(liveEvents(), profiles, (events, profile) => {
        const screens = screensOf(events, { ...profile, speakers: 'none' })
        const lines: string[] = []
        let [at, last] = [0, 0]
        for (const screen of screens) {
          ok(screen.at >= at && Number.isFinite(screen.at))
          ok(screen.lines.length <= profile.maxLineCount)
          ok(screen.top >= last)
          at = screen.at
          last = screen.top
          for (const [i, line] of screen.lines.entries()) {
            ok(widthOf(line) <= profile.maxLineWidth, `'${line}' is too wide`)
            ok(line.trim() !== '')
            const n = screen.top + i
            ok(n <= lines.length, 'no line is left out')
            ok(line.startsWith(lines[n] ?? ''))
            if (n < lines.length - 1) equal(line, lines[n])
            lines[n] = line
          }
        }
        deepEqual(screens.at(-1)?.lines ?? [], [])
        equal(lettersOf(lines.join('')), lettersOf(expected(events)))
      }),
      { numRuns: 150 },
    )
  },
)

t.test('cues are in order, never overlap, and have every line', async () => {
  fc.assert(
    fc.property(liveEvents(), profiles, (events, profile) => {
      const cues = cuesOf(events, profile)
      let end = 0
      for (const cue of cues) {
        ok(Number.isSafeInteger(cue.start) && Number.isSafeInteger(cue.end))
        ok(cue.start >= end && cue.end > cue.start)
        end = cue.end
        ok(cue.lines.length > 0 && cue.lines.length <= profile.maxLineCount)
        for (const line of cue.lines) {
          ok(line !== '' && !line.includes('\n'))
          ok(widthOf(line) <= profile.maxLineWidth)
        }
      }
      const timed = events.filter(
        event => event.type !== 'delta' || event.at !== undefined,
      )
      const texts = new Map<number, string>()
      for (const { top, lines } of screensOf(timed, profile))
        for (const [i, line] of lines.entries()) texts.set(top + i, line)
      const all = new Set(cues.flatMap(({ lines }) => lines))
      for (const line of texts.values()) ok(all.has(line), `'${line}' is lost`)
    }),
    { numRuns: 150 },
  )
})
