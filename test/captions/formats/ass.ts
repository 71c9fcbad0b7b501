import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import * as fc from 'fast-check'
import t from 'tap'
import type { CaptionOptions } from '../../../lib/captions/caption-options.ts'
import type { CaptionInput } from '../../../lib/captions/cues/check-input.ts'
import { ass as assFormat } from '../../../lib/captions/formats/ass.ts'
import type { Cue } from '../../../lib/captions/cues/cue.ts'
import { formatCaptions } from '../../../lib/captions/caption-formatter.ts'
import { captionProfiles } from '../../../lib/captions/profiles.ts'
import { hasFfmpeg } from '../../fixtures/caption-readers.ts'
import { events, readSrt, type ReadCue } from '../../fixtures/captions.ts'
import { asRead, cuesOf } from '../../fixtures/cues-of.ts'
import {
  anyProfile,
  hostileTurns,
  manyTurns,
  million,
} from '../../fixtures/hostile-turns.ts'

const ass = (
  inputs: Iterable<CaptionInput>,
  options: CaptionOptions = {},
): string => formatCaptions(inputs, { ...options, format: 'ass' })

const linesOf = (file: string): string[] => file.trimEnd().split('\n')
const dialogues = (file: string): string[] =>
  linesOf(file).filter(line => line.startsWith('Dialogue: '))

/** What the format's description says of text. */
const shown = (line: string): string =>
  line
    .replaceAll('{', '(')
    .replaceAll('}', ')')
    .replace(/\\([Nnh]|$)/g, '⧵$1')

const msOf = (time: string): number => {
  const [, h, m, s, hundredths] = /^(\d+):(\d\d):(\d\d)\.(\d\d)$/.exec(time)!
  return (
    ((Number(h) * 60 + Number(m)) * 60 + Number(s)) * 1000 +
    Number(hundredths) * 10
  )
}

/** An event as the format's text has it: nine fields, and text with commas. */
const readDialogue = (line: string) => {
  const [, start, end, style, name, , , , , ...text] = line.split(',')
  return {
    start: msOf(start!),
    end: msOf(end!),
    style,
    name,
    text: text.join(',').replaceAll('\\N', '\n'),
  }
}

t.test('an event a cue', async t => {
  t.strictSame(dialogues(ass(events)), [
    'Dialogue: 0,0:00:00.00,0:00:03.20,Default,,0,0,0,,And so, my fellow Americans',
    'Dialogue: 0,0:00:03.20,0:00:04.10,Default,,0,0,0,,[inaudible]',
    'Dialogue: 0,0:00:04.10,0:00:09.00,Default,,0,0,0,,ask not what your country can do for you\\N& <me>; 2 < 3 --> ask more of yourself.',
    'Dialogue: 0,0:00:09.20,0:00:09.70,Default,JFK,0,0,0,,JFK: Ask not.',
  ])
})

t.test('a head with a style for each colour', async t => {
  const head = linesOf(ass([]))
  t.equal(head[0], '[Script Info]')
  t.equal(head[1], 'ScriptType: v4.00+')
  const format = head.find(line => line.startsWith('Format: Name'))
  const styles = head.filter(line => line.startsWith('Style: '))
  t.strictSame(
    styles.map(line => line.split(',')[0]),
    ['Default', 'white', 'yellow', 'cyan', 'green'].map(n => `Style: ${n}`),
  )
  for (const style of styles)
    t.equal(style.split(',').length, format!.split(',').length)
  t.match(styles[2], 'yellow,Arial,60,&H0000FFFF,', 'blue, green, red')
  t.match(styles[0], /,2,192,192,60,1$/, 'centred')
  const live = assFormat.openCues(captionProfiles.live).begin()
  t.match(live, /,1,192,192,60,1\n/, 'at the left where it rolls up')
})

t.test('an upright picture', async t => {
  const head = ass([], { profile: 'vertical' })
  t.match(head, 'PlayResX: 1080\nPlayResY: 1920\n')
  t.match(head, 'Style: Default,Arial,72,')
})

t.test('names and colours', async t => {
  const cue: Cue = { start: 0, end: 900, lines: ['Yes.'], color: 'cyan' }
  const [one, two] = dialogues(
    ass([
      { ...cue, speaker: 'Bob, Jr.\nDialogue: 0' },
      { ...cue, speaker: ' ' },
    ]),
  )
  t.match(one, ',cyan,Bob‚ Jr. Dialogue: 0,0,0,0,,Yes.')
  t.match(two, ',cyan,,0,0,0,,Yes.')
})

t.test('escapes override codes', async t => {
  const cue: Cue = { start: 0, end: 900, lines: [], speaker: 'A' }
  const lines = ['{\\an8}top', 'C:\\Name\\hi', 'C:\\', 'a \\x']
  const [line] = dialogues(ass([{ ...cue, lines }]))
  t.match(line, ',,(\\an8)top\\NC:⧵Name⧵hi\\NC:⧵\\Na \\x')
})

t.test('hundredths: no cue is empty, none overlaps, none drifts', async t => {
  const times = [0, 2, 4, 8, 15, 24, 25, 1000, 1004]
  const cues = times.map((start, i): Cue => ({
    start,
    end: times[i + 1] ?? start + 3,
    lines: ['x'],
  }))
  const read = dialogues(ass(cues)).map(readDialogue)
  let free = 0
  for (const { start, end } of read) {
    t.ok(start >= free && end > start)
    free = end
  }
  t.strictSame(
    read.slice(-2).map(({ start, end }) => [start, end]),
    [
      [1000, 1010],
      [1010, 1020],
    ],
  )
  const both: Cue = { start: 0, end: 900, lines: ['x'] }
  const together = ass([
    { ...both, channel: 0 },
    { ...both, channel: 1 },
  ])
  t.strictSame(
    dialogues(together)
      .map(readDialogue)
      .map(({ start }) => start),
    [0, 0],
    'two channels may overlap',
  )
})

/** Compares times within 10 ms, and as many more for each cue that is shorter. */
const near = (read: readonly ReadCue[], cues: readonly ReadCue[]): void => {
  const short = cues.filter(({ start, end }) => end - start < 10)
  const most = 10 * (1 + short.length)
  assert.equal(read.length, cues.length)
  for (const [i, { start, end }] of read.entries()) {
    assert.ok(Math.abs(start - cues[i]!.start) <= most, `${start}`)
    assert.ok(Math.abs(end - cues[i]!.end) <= most, `${end}`)
  }
}

t.test('hostile texts and names stay in their fields', t => {
  fc.assert(
    fc.property(hostileTurns, anyProfile, (turns, profile) => {
      const file = ass(turns, { profile })
      const cues = cuesOf(turns, { format: 'ass', profile })
      const read = dialogues(file).map(readDialogue)
      assert.equal(linesOf(file).length, linesOf(ass([])).length + cues.length)
      assert.deepEqual(
        read.map(({ text }) => text),
        asRead(cues, shown).map(({ text }) => text),
      )
      for (const [i, { style }] of read.entries())
        assert.equal(style, cues[i]!.color ?? 'Default')
      near(read, asRead(cues))
    }),
    { numRuns: 50 },
  )
  t.end()
})

t.test('a million characters', async t => {
  const read = dialogues(ass(million)).map(readDialogue)
  const cues = asRead(million, shown)
  t.equal(read.length, cues.length)
  t.ok(read.every(({ text }, i) => text === cues[i]!.text))
})

const skip = hasFfmpeg ? false : 'ffmpeg is not installed'

t.test('ffmpeg reads the same cues', { skip }, async t => {
  const turns = manyTurns()
  const { stdout, stderr } = spawnSync(
    'ffmpeg',
    '-v error -f ass -i pipe:0 -c:s text -f srt pipe:1'.split(' '),
    { input: ass(turns, { profile: 'bbc' }), encoding: 'utf8' },
  )
  t.equal(stderr, '')
  const read = readSrt(stdout.replaceAll('\r\n', '\n'))
  const cues = asRead(cuesOf(turns, { format: 'ass', profile: 'bbc' }), shown)
  t.strictSame(
    read.map(({ text }) => text),
    cues.map(({ text }) => text),
  )
  near(read, cues)
  t.ok(read.length > 60)
})
