import * as fc from 'fast-check'
import t from 'tap'
import { assignSpeakers } from '../../../lib/captions/speakers/assign-speakers.ts'
import type { SpeakerTurn } from '../../../lib/core/speaker-turn.ts'
import type {
  FinalEvent,
  TranscriptEvent,
} from '../../../lib/core/transcript-event.ts'
import { finals, hostileText, plainText } from '../../fixtures/captions.ts'

const final = (
  turn: string,
  text: string,
  start: number,
  end: number,
  more: Partial<FinalEvent> = {},
): FinalEvent => ({ type: 'final', turn, text, start, end, ...more })

const turns: SpeakerTurn[] = [
  { speaker: 'Ann', start: 0, end: 1_000, channel: 0 },
  { speaker: 'Bob', start: 1_000, end: 2_000, channel: 0 },
]

t.test('finals of a list', async t => {
  const given = [
    final('1', 'abcd efgh', 500, 1_500),
    final('2', 'x', 3_001, 3_400),
  ]
  const labelled: FinalEvent[] = assignSpeakers(given, turns)
  t.match(labelled, [
    { turn: '1.1', speaker: 'Ann', text: 'abcd' },
    { turn: '1.2', speaker: 'Bob', text: 'efgh' },
    { turn: '2', speaker: undefined },
  ])
  const near = assignSpeakers(given, turns, { maxDistanceMs: 1_001 })
  t.equal(near.at(-1)?.speaker, 'Bob')
})

t.test('deltas wait for their final, and go where it is divided', async t => {
  const delta = (turn: string, text: string): TranscriptEvent => ({
    type: 'delta',
    turn,
    text,
  })
  const events: TranscriptEvent[] = [
    { type: 'speech-start', turn: '1', at: 500 },
    delta('1', 'abcd'),
    delta('2', 'whole'),
    { type: 'speech-end', turn: '1', at: 1_500 },
    delta('3', 'lost'),
    final('1', 'abcd efgh', 500, 1_500),
    final('2', 'whole', 1_600, 2_000),
    { type: 'end', duration: 2_000, complete: false },
  ]
  t.match(assignSpeakers(events, turns), [
    { type: 'speech-start' },
    { type: 'speech-end' },
    { type: 'final', turn: '1.1' },
    { type: 'final', turn: '1.2' },
    { type: 'delta', turn: '2' },
    { type: 'final', turn: '2' },
    { type: 'delta', turn: '3' },
    { type: 'end' },
  ])
  t.same(
    assignSpeakers(events.slice(0, -1), turns).at(-1),
    delta('3', 'lost'),
    'nothing is kept where there is no end',
  )
})

t.test('separates channels if the turns name them', async t => {
  const said = [final('1', 'yes', 0, 900, { channel: 1 })]
  t.match(assignSpeakers(said, turns), [{ speaker: 'Ann' }])
  const other = { speaker: 'Cy', start: 500, end: 600, channel: 1 }
  t.match(assignSpeakers(said, [...turns, other]), [{ speaker: 'Cy' }])
  const mixed = [final('1', 'yes', 0, 900)]
  t.match(assignSpeakers(mixed, [...turns, other]), [{ speaker: 'Ann' }])
})

t.test('refuses invalid turns and options', async t => {
  const wrong: [unknown, RegExp][] = [
    ['talk.rttm', /'speakers' must be a list/],
    [[turns[0], { speaker: 'A', start: 0 }], /number 2 is not/],
    [[{ speaker: 'A', start: 2, end: 1 }], /number 1/],
    [[{ speaker: '', start: 0, end: 1 }], /number 1/],
    [[{ speaker: 'A', start: 0, end: 1, channel: -1 }], /number 1/],
    [[null], /number 1/],
  ]
  for (const [value, message] of wrong)
    t.throws(() => assignSpeakers([], value as SpeakerTurn[]), {
      code: 'VOX_OPTION',
      message,
    })
  t.throws(() => assignSpeakers([], turns, { maxDistanceMs: -1 }), {
    code: 'VOX_OPTION',
    option: 'maxDistanceMs',
  })
})

const randomTurns = fc
  .array(
    fc.record({
      speaker: fc.constantFrom('A', 'B', 'C'),
      start: fc.nat(60_000),
      length: fc.nat(8_000),
    }),
    { maxLength: 20 },
  )
  .map(list =>
    list.map(({ speaker, start, length }) => ({
      speaker,
      start,
      end: start + length,
    })),
  )

const withoutSpeakers = (list: readonly FinalEvent[]) =>
  list
    .flatMap(({ words }) => words ?? [])
    .map(({ text, start, end }) => ({ text, start, end }))

t.test('no word is lost, added or moved, and ranges stay', async t => {
  let divided = 0
  fc.assert(
    fc.property(
      fc.oneof(finals(plainText), finals(hostileText)),
      randomTurns,
      (before, turns) => {
        const after = assignSpeakers(before, turns)
        t.same(withoutSpeakers(after), withoutSpeakers(before))
        const names = after.map(({ turn }) => turn)
        t.equal(new Set(names).size, names.length, 'turns have one final')
        let last = 0
        for (const { start, end } of after) {
          t.ok(start >= last && end >= start, 'in order, not overlapping')
          last = end
        }
        for (const whole of before) {
          const parts = after.filter(({ turn }) =>
            [whole.turn, `${whole.turn}.`].some(
              name => turn === name || turn.startsWith(`${whole.turn}.`),
            ),
          )
          if (parts.length > 1) divided++
          const glue = parts.map(({ text }) => text).join('')
          const letters = (text: string) => text.replaceAll(/\s/g, '')
          t.equal(letters(glue), letters(whole.text))
          for (const { text } of parts) t.ok(whole.text.includes(text))
          t.equal(parts[0]?.start, whole.start)
          t.equal(parts.at(-1)?.end, whole.end)
          for (const [i, { end }] of parts.slice(0, -1).entries())
            t.equal(parts[i + 1]?.start, end, 'they share out the range')
          for (const { words = [], speaker } of parts)
            t.ok(words.every(word => word.speaker === speaker))
        }
      },
    ),
    { numRuns: 100 },
  )
  t.ok(divided > 20, `${divided} finals were divided`)
})
