import * as fc from 'fast-check'
import t from 'tap'
import { readRttm } from '../../../lib/captions/speakers/rttm.ts'

const pyannote = `SPEAKER talk 1 6.730 0.440 <NA> <NA> SPEAKER_01 <NA> <NA>
SPEAKER talk 1 0.031 6.700 <NA> <NA> SPEAKER_00 <NA> <NA>
`

t.test('reads the output of pyannote in order', async t => {
  t.same(readRttm(pyannote), [
    { speaker: 'SPEAKER_00', start: 31, end: 6_731, channel: 0 },
    { speaker: 'SPEAKER_01', start: 6_730, end: 7_170, channel: 0 },
  ])
  t.same(readRttm(`\uFEFF${pyannote.replaceAll('\n', '\r\n')}`).length, 2)
})

t.test('comments, other types, blank lines, tabs, nine fields', async t => {
  const text = `;; made by hand
SPKR-INFO talk 1 <NA> <NA> <NA> adult_male Ann <NA>

LEXEME talk 1 0.10 0.20 well lex Ann 0.9
  SPEAKER\ttalk\t<NA>\t1e-1\t.5\t<NA>\t<NA>\tAnn\t<NA>`
  t.same(readRttm(text), [{ speaker: 'Ann', start: 100, end: 600 }])
  t.same(readRttm(''), [])
  t.same(readRttm(';; nobody speaks\n'), [])
})

t.test('counts channels from 0, whatever the file does', async t => {
  const line = (channel: number): string =>
    `SPEAKER a ${channel} ${channel} 1 <NA> <NA> S${channel} <NA> <NA>\n`
  const channels = (text: string) => readRttm(text).map(turn => turn.channel)
  t.same(channels(line(1) + line(2)), [0, 1])
  t.same(channels(line(0) + line(1)), [0, 1])
})

t.test('selects one of several recordings', async t => {
  const text = pyannote + pyannote.replaceAll('talk', 'walk')
  t.same(readRttm(text, { file: 'walk' }), readRttm(pyannote))
  t.same(readRttm(pyannote, { file: 'walk' }).length, 2, 'the only one')
  const problem = { code: 'VOX_FORMAT', message: /2 recordings; name/ }
  t.throws(() => readRttm(text), problem)
  const missing = /2 recordings, and none of them is 'x'/
  t.throws(() => readRttm(text, { file: 'x' }), { message: missing })
})

t.test('reports a malformed line by its number', async t => {
  const wrong: [string, RegExp][] = [
    ['SPEAKER talk 1 0.5 1.0 <NA> <NA>', /has 7 fields/],
    ['SPEAKER a talk 1 0 1 <NA> <NA> Ann <NA> <NA>', /has 11 fields/],
    ['SPEAKER talk 1 <NA> 1 <NA> <NA> Ann <NA> <NA>', /no valid times/],
    ['SPEAKER talk 1 -1 1 <NA> <NA> Ann <NA> <NA>', /no valid times/],
    ['SPEAKER talk 1 0 0x10 <NA> <NA> Ann <NA> <NA>', /no valid times/],
    ['SPEAKER talk 1 0 1e300 <NA> <NA> Ann <NA> <NA>', /no valid times/],
    ['SPEAKER talk A 0 1 <NA> <NA> Ann <NA> <NA>', /no valid channel/],
    ['SPEAKER talk 1 0 1 <NA> <NA> <NA> <NA> <NA>', /names no speaker/],
    ['1', /unknown type/],
    ['Some text that is no RTTM.', /unknown type/],
  ]
  for (const [line, message] of wrong) {
    t.throws(() => readRttm(pyannote + line), { code: 'VOX_FORMAT', message })
    t.throws(() => readRttm(pyannote + line), { message: /^line 3 / })
  }
})

t.test('reads the turns that were written', async t => {
  const turn = fc.record({
    speaker: fc.stringMatching(/^[A-Za-z_][\w.-]{0,10}$/),
    start: fc.nat(36_000_000),
    length: fc.nat(60_000),
  })
  fc.assert(
    fc.property(fc.array(turn), turns => {
      const lines = turns.map(
        ({ speaker, start, length }) =>
          `SPEAKER f 1 ${start / 1_000} ${(length / 1_000).toFixed(3)} <NA> <NA> ${speaker} <NA> <NA>`,
      )
      const read = readRttm(lines.join('\n'))
      const key = (x: { speaker: string; start: number; end: number }) =>
        `${x.start} ${x.end} ${x.speaker}`
      t.same(
        read.map(key).sort(),
        turns
          .map(({ speaker, start, length }) =>
            key({ speaker, start, end: start + length }),
          )
          .sort(),
      )
    }),
    { numRuns: 50 },
  )
})
