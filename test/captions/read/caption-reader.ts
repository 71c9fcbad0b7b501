import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import * as fc from 'fast-check'
import t from 'tap'
import {
  type ReadableFormat,
  CaptionReader,
  type CaptionReaderOptions,
  readCaptions,
} from '../../../lib/captions/read/caption-reader.ts'
import { formatOf } from '../../../lib/captions/formats/caption-formats.ts'
import {
  CaptionFormatter,
  formatCaptions,
} from '../../../lib/captions/caption-formatter.ts'
import type { CueFormat } from '../../../lib/captions/formats/caption-writer.ts'
import { cleanText } from '../../../lib/captions/cues/caption-text.ts'
import { cueColors, type Cue } from '../../../lib/captions/cues/cue.ts'
import { makeCues } from '../../../lib/captions/cues/cue-maker.ts'
import {
  captionProfiles,
  type CaptionProfileName,
} from '../../../lib/captions/profiles.ts'
import type { StageWarning } from '../../../lib/core/stage.ts'
import { finals, hostileText } from '../../fixtures/captions.ts'

const srt = '1\r\n00:00:01,000 --> 00:00:02,000\r\nnaïve 👍\r\n\r\n'
const vtt = 'WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>naïve 👍\n'

const chunked = (bytes: Uint8Array, size: number): Uint8Array[] => {
  const chunks: Uint8Array[] = []
  for (let i = 0; i < bytes.length; i += size)
    chunks.push(bytes.subarray(i, i + size))
  return chunks
}

/** What a reader gives of some chunks of bytes. */
const read = async (
  chunks: Iterable<Uint8Array>,
  options: CaptionReaderOptions = {},
): Promise<{ cues: Cue[]; lines: unknown[]; warnings: string[] }> => {
  const reader = new CaptionReader(options)
  const warnings: string[] = []
  reader.on('warning', ({ code, message }: StageWarning) => {
    assert.equal(code, 'VOX_CAPTION')
    warnings.push(message)
  })
  const cues: Cue[] = []
  await pipeline(chunks, reader, async stage => {
    for await (const cue of stage) cues.push(cue as Cue)
  })
  return { cues, warnings, lines: cues.map(cue => reader.lineOf(cue)) }
}

t.test('detects the format by the bytes', async t => {
  const cue = { start: 1000, end: 2000, lines: ['naïve 👍'] }
  for (const [text, cues, line] of [
    [srt, [cue], 2],
    [vtt, [{ ...cue, speaker: 'Ann' }], 3],
    [srt.slice(3), [cue], 1],
    [`\n\n${vtt}`, [{ ...cue, speaker: 'Ann' }], 5],
  ] as const)
    for (const bytes of [
      Buffer.from(text),
      Buffer.from(`\ufeff${text}`),
      Buffer.from(`\ufeff${text}`, 'utf16le'),
      Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
    ])
      t.match(await read([bytes]), { cues, lines: [line] })
})

t.test('refuses empty input and other formats', async t => {
  t.match(await read([]), {
    cues: [],
    warnings: ['the input is empty and has no captions'],
  })
  t.strictSame(await read([], { format: 'srt' }), {
    cues: [],
    lines: [],
    warnings: [],
  })
  const refused = { code: 'VOX_FORMAT_UNKNOWN' }
  await t.rejects(read([Buffer.from('[Script Info]\nTitle: x\n')]), refused)
  await t.rejects(read([Buffer.from('text\n'.repeat(1000))]), refused)
  await t.rejects(read([await readFile(process.execPath)]), {
    code: /^VOX_(DECODE|FORMAT_UNKNOWN)$/,
  })
})

t.test('options that cannot be used are refused', async t => {
  for (const options of [{ format: 'ass' }, { signal: {} }])
    t.throws(() => new CaptionReader(options as never), { code: 'VOX_OPTION' })
  t.throws(() => readCaptions('', { format: 'ass' as never }), {
    code: 'VOX_OPTION',
  })
})

t.test('a cue comes when the next begins', async t => {
  const reader = new CaptionReader()
  reader.write(srt)
  reader.write('2\n00:00:03,000 --> 00:00:04,000\n')
  const [cue] = (await once(reader, 'data')) as [Cue]
  t.strictSame(cue.lines, ['naïve 👍'])
  reader.destroy()
})

t.test('a signal ends it', async t => {
  const signal = AbortSignal.abort()
  await t.rejects(read([Buffer.from(srt)], { signal }), { name: 'AbortError' })
})

t.test('a reader and a formatter make a converter', async t => {
  const parts: Buffer[] = []
  await pipeline(
    Readable.from([Buffer.from(srt)]),
    new CaptionReader(),
    new CaptionFormatter({ format: 'vtt' }),
    async stage => {
      for await (const part of stage) parts.push(part as Buffer)
    },
  )
  t.equal(
    Buffer.concat(parts).toString(),
    'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nnaïve 👍\n\n',
  )
})

const line = fc.constantFrom(
  'WEBVTT',
  'NOTE',
  'STYLE',
  '1',
  '2',
  '',
  ' ',
  'text',
  '<i>näive</i> 👍 {\\an8}',
  '<v Ann>Hi <v Bob>Ho',
  '00:00:01,000 --> 00:00:02,000',
  '00:00:02.000 --> 00:00:03.000 line:0',
  '00:00:04.000 --> 00:00:03.000',
  '00:05.000 --> 00:0',
  '-00:00:01,000 --> 00:00:02,000',
  'a --> b',
  '0:x --> b',
  '\u0000\u001b\u2028',
)
const file = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r', '\r\n')), {
    maxLength: 20,
  })
  .map(lines => lines.map(parts => parts.join('')).join(''))
const format = fc.constantFrom<ReadableFormat>('srt', 'vtt')
const sizes = [1, 2, 3, 7, 61]

t.test(
  'the cues do not depend on the chunking, whatever the file contains',
  async t => {
    await fc.assert(
      fc.asyncProperty(file, format, async (text, format) => {
        const bytes = Buffer.from(text)
        const whole = await read([bytes], { format })
        for (const size of sizes)
          assert.deepEqual(await read(chunked(bytes, size), { format }), whole)
        assert.deepEqual(readCaptions(text, { format }), whole.cues)
        for (const { start, end, lines } of whole.cues)
          if (!(start >= 0 && end > start && lines.every(text => text.trim())))
            t.fail('no cue')
      }),
      { numRuns: 50 },
    )
  },
)

/** Cues as they may come in: in order, of clean lines that are not empty. */
const cues: fc.Arbitrary<Cue[]> = fc
  .array(
    fc.record({
      pause: fc.nat(5000),
      length: fc.integer({ min: 1, max: 400_000_000 }),
      lines: fc.array(hostileText, { minLength: 1, maxLength: 3 }),
      name: fc.oneof(fc.constant(''), hostileText),
      color: fc.constantFrom(undefined, ...cueColors),
    }),
    { maxLength: 6 },
  )
  .map(list => {
    let time = 0
    return list.flatMap(({ pause, length, lines, name, color }) => {
      const start = time + pause
      const clean = lines.map(cleanText).filter(text => text !== '')
      if (clean.length === 0) return []
      const speaker = cleanText(name)
      return [
        {
          start,
          end: (time = start + length),
          lines: clean,
          ...(speaker !== '' && { speaker }),
          ...(color !== undefined && { color }),
        },
      ]
    })
  })

for (const name of ['srt', 'vtt'] as const)
  t.test(`what is written as ${name} is read as it was`, t => {
    const { prepare = text => text } = formatOf(name) as CueFormat
    fc.assert(
      fc.property(cues, cues => {
        const warnings: StageWarning[] = []
        const text = formatCaptions(cues, { format: name })
        const read = readCaptions(text, {
          format: name,
          onWarning: warning => warnings.push(warning),
        })
        const written = cues.map(({ start, end, lines, ...rest }) => ({
          start,
          end,
          lines: lines.map(prepare),
          ...(name === 'vtt' && rest),
        }))
        assert.deepEqual(read, written)
        assert.deepEqual(warnings, [])
      }),
    )
    t.end()
  })

/** What a file has of a cue. */
const seen = ({
  start,
  end,
  lines,
  speaker,
  color,
  channel,
}: Cue): unknown => ({
  start,
  end,
  lines,
  speaker,
  color,
  channel,
})

t.test('what a transcript gives by any profile is read as it was', t => {
  const profiles = Object.keys(captionProfiles) as CaptionProfileName[]
  fc.assert(
    fc.property(
      finals(hostileText),
      fc.constantFrom(undefined, 'Ann', 'Bob & <Co>'),
      fc.constantFrom(...profiles),
      (turns, speaker, profile) => {
        const events = turns.map((turn, i) =>
          speaker !== undefined && i % 2 ? { ...turn, speaker } : turn,
        )
        const made = makeCues(events, { profile })
        const vtt = formatCaptions(events, { profile, format: 'vtt' })
        const read = readCaptions(vtt, { format: 'vtt' })
        assert.deepEqual(read.map(seen), made.map(seen))
      },
    ),
    { numRuns: 50 },
  )
  t.end()
})
