// In a process of its own: it looks at what is spooled.
import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import OpenAI from 'openai'
import t from 'tap'
import {
  SpeechServer,
  countNumbers,
  type SpeechServerOptions,
} from '../../../lib/testing/index.ts'
import type { Usage } from '../../../lib/core/transcript-event.ts'
import type { FileTranscriberOptions } from '../../../lib/openai/files/file-transcriber.ts'
import type { FileInternals } from '../../../lib/openai/files/file-settings.ts'
import {
  finalsIn,
  jumpingClock,
  runFile,
  type FileRun,
} from '../../fixtures/file-runs.ts'
import { numberedWav } from '../../fixtures/numbered.ts'

// What is kept of a file lies here, and must be gone in the end.
const temporary = mkdtempSync(join(tmpdir(), 'voxpipe-test-'))
process.env['TMPDIR'] = temporary

const FRAMES = 300
const numbered = { frames: FRAMES, sampleRate: 16_000 }
const audio = numberedWav(numbered)
/** 30 s of speech in 41.8 s. */
const LENGTH_MS = 41_800

/** Limits that make parts of at most 8 s. */
const small: FileInternals = { maxMs: 9_000, searchMs: 2_000 }

type Options = Omit<FileTranscriberOptions, 'client'>

const heard = async (
  options: Options = {},
  {
    internals = small,
    input = audio,
    ...script
  }: SpeechServerOptions & {
    internals?: FileInternals
    input?: Uint8Array | Iterable<Uint8Array>
  } = {},
) => {
  const server = await SpeechServer.listen(script)
  const client = new OpenAI({ apiKey: 'key', baseURL: server.baseURL })
  const { clock } = jumpingClock()
  const run = await runFile(
    input,
    { client, ...options },
    { clock, ...internals },
  )
  await server.close()
  return { run, requests: server.requests }
}

const perfect = { lost: [], doubled: [], outOfOrder: [], broken: [] }

const countIn = (run: FileRun, frames = FRAMES) =>
  countNumbers(
    finalsIn(run).map(({ text }) => text),
    frames,
  )

/** Where a frame stands in the source, in ms. */
const startOf = (frame: number): number =>
  100 * (frame + 2 * Math.floor(frame / 5))

/** Whether finals and gaps come in order and do not overlap. */
const inOrder = (run: FileRun): boolean => {
  const spans = run.events.filter(
    event => event.type === 'final' || event.type === 'gap',
  )
  return spans.every(
    ({ start, end }, i) => start <= end && start >= (spans[i - 1]?.end ?? 0),
  )
}

t.test(
  'a long file is cut at pauses, and loses and doubles nothing',
  async t => {
    for (const [model, concurrency] of [
      ['gpt-transcribe', 1],
      ['gpt-4o-transcribe', 5],
      ['whisper-1', 2],
      ['gpt-4o-transcribe-diarize', 3],
    ] as const) {
      const { run, requests } = await heard({ model, concurrency })
      t.equal(run.error, undefined)
      t.same(countIn(run), perfect, `${model}, ${concurrency} at a time`)
      t.ok(inOrder(run))
      t.match(run.events.at(-1), { duration: LENGTH_MS, complete: true })
      t.ok(requests.length >= 6, `${requests.length} parts`)
      for (const { file } of requests) {
        t.match(file, { name: 'audio.wav', type: 'audio/wav' })
        t.ok(file!.bytes <= 44 + 8 * 32_000)
      }
    }
  },
)

t.test('times are those of the source', async t => {
  const { run } = await heard({ model: 'whisper-1' })
  for (const { start, end, text, words } of finalsIn(run)) {
    const frames = text.split(' ').map(word => Number(word.slice(1)))
    t.equal(start, startOf(frames[0]!))
    t.equal(end, startOf(frames.at(-1)!) + 100)
    t.same(
      words?.map(({ start }) => start),
      frames.map(startOf),
    )
  }
  const parts = finalsIn((await heard()).run)
  t.equal(parts[0]!.start, 0)
  t.equal(parts.at(-1)!.end, LENGTH_MS)
  for (const [i, { end }] of parts.slice(0, -1).entries())
    t.equal(end, parts[i + 1]!.start, 'parts meet')
})

t.test('speakers of later parts have names of their own', async t => {
  const model = 'gpt-4o-transcribe-diarize'
  const { run, requests } = await heard({ model, concurrency: 3 })
  const names = new Set(finalsIn(run).map(({ speaker }) => speaker))
  for (let part = 2; part <= requests.length; part++)
    t.ok(names.has(`A (${part})`) && names.has(`B (${part})`), `part ${part}`)
  t.ok(names.has('A') && names.has('B'))
  const reference = numberedWav({ frames: 30, sampleRate: 16_000 })
  const knownSpeakers = ['Ann', 'Bob'].map(name => ({ name, reference }))
  const known = await heard(
    { model, knownSpeakers },
    { internals: { ...small, maxBytes: 2 ** 20 } },
  )
  t.same(
    new Set(finalsIn(known.run).map(({ speaker }) => speaker)),
    new Set(['Ann', 'Bob']),
  )
  t.match(known.requests[0]!.fields, {
    'known_speaker_names[]': ['Ann', 'Bob'],
    chunking_strategy: ['auto'],
  })
})

t.test('usage is told once a part, and in sum', async t => {
  const { run, requests } = await heard({ model: 'gpt-4o-transcribe' })
  const used = finalsIn(run).map(({ usage }) => usage)
  t.ok(used.every(usage => usage?.type === 'tokens'))
  t.equal(used.length, requests.length)
  const sum = (of: 'input' | 'output' | 'total') =>
    used.reduce(
      (all, usage) => all + (usage as Usage & { type: 'tokens' })[of],
      0,
    )
  t.match(run.events.at(-1), {
    usage: {
      type: 'tokens',
      input: sum('input'),
      output: sum('output'),
      total: sum('total'),
    },
  })
})

t.test('answers out of order are told in order', async t => {
  let first: (() => void) | undefined
  const { run } = await heard(
    { concurrency: 3 },
    {
      // The first part is answered when three others have been.
      respond: async (_, attempt) => {
        if (attempt === 1) await new Promise<void>(resolve => (first = resolve))
        if (attempt === 4) first!()
        return undefined
      },
    },
  )
  t.same(countIn(run), perfect)
  t.ok(inOrder(run))
  const turns = run.events.flatMap(event =>
    'turn' in event ? [event.turn] : [],
  )
  t.same(
    turns,
    turns.toSorted((a, b) => Number(a.slice(5)) - Number(b.slice(5))),
  )
})

t.test('any chunking of the input gives the same', async () => {
  const whole = finalsIn((await heard()).run)
  const pieces = function* (length: number): Generator<Uint8Array> {
    for (let at = 0; at < audio.length; at += length)
      yield audio.subarray(at, at + length)
  }
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1_009, max: 200_000 }), async length => {
      const { run } = await heard({}, { input: pieces(length) })
      t.same(finalsIn(run), whole)
    }),
    { numRuns: 3 },
  )
})

t.test('what is larger than an upload is sent while it comes', async t => {
  const internals = { maxBytes: 200_000, searchMs: 1_000 }
  let read = 0
  const pieces = function* (): Generator<Uint8Array> {
    for (let at = 0; at < audio.length; at += 997) {
      read = at
      yield audio.subarray(at, at + 997)
    }
  }
  let readAtFirst = 0
  const { run, requests } = await heard(
    {},
    {
      internals,
      input: pieces(),
      respond: (_, attempt) => {
        if (attempt === 1) readAtFirst = read
        return undefined
      },
    },
  )
  t.same(countIn(run), perfect)
  t.match(run.events.at(-1), { duration: LENGTH_MS, complete: true })
  for (const { bytes } of requests) t.ok(bytes <= 200_000)
  t.ok(readAtFirst < audio.length / 2, `${readAtFirst} of ${audio.length}`)
})

for (const [name, respond] of Object.entries({
  'are refused for a while': (_, attempt) =>
    attempt % 3 === 0 ? undefined : { status: 429 },
  'end early': (_, attempt) =>
    attempt % 2 ? { interrupt: { afterEvents: 3, by: 'end' } } : undefined,
  'break off': (_, attempt) =>
    attempt % 2 ? { interrupt: { afterEvents: 5, by: 'reset' } } : undefined,
  'tell an error': (_, attempt) =>
    attempt % 2 ? { interrupt: { afterEvents: 5, by: 'error' } } : undefined,
} satisfies Record<string, SpeechServerOptions['respond']>))
  t.test(`parts whose answers ${name} lose nothing`, async t => {
    // One at a time, for the attempts of several parts may come in any order.
    const { run } = await heard({ concurrency: 1 }, { respond })
    t.equal(run.error, undefined)
    t.same(countIn(run), perfect)
    t.match(run.events.at(-1), { complete: true })
    t.ok(run.warnings.length > 0)
    // Nothing was shown twice.
    const shown = run.events.flatMap(event =>
      event.type === 'delta' ? [event.text] : [],
    )
    t.same(
      countNumbers([shown.join('').replaceAll('w', ' w')], FRAMES),
      perfect,
    )
  })

t.test('a part that fails for good is a gap, and the others go on', async t => {
  const seen = new Set<number>()
  for (const status of [500, 400]) {
    const { run } = await heard(
      { maxRetries: 0, concurrency: 2 },
      { respond: (_, attempt) => (attempt === 2 ? { status } : undefined) },
    )
    t.equal(run.error, undefined)
    const gaps = run.events.filter(event => event.type === 'gap')
    t.equal(gaps.length, 1)
    t.match(gaps[0]!.reason, new RegExp(`\\(${status}\\)`))
    t.ok(inOrder(run))
    t.match(run.events.at(-1), { complete: false })
    const { lost, doubled, broken } = countIn(run)
    t.same([doubled, broken], [[], []])
    t.ok(
      lost.every(
        frame =>
          startOf(frame) >= gaps[0]!.start && startOf(frame) < gaps[0]!.end,
      ),
    )
    seen.add(lost.length)
  }
  t.ok([...seen].every(lost => lost > 20))
})

t.test('also the first one, once another has succeeded', async t => {
  for (const concurrency of [1, 2]) {
    const { run } = await heard(
      { maxRetries: 0, concurrency },
      {
        respond: (_, attempt) => (attempt === 1 ? { status: 500 } : undefined),
      },
    )
    t.equal(run.error, undefined)
    t.equal(run.events[1]!.type, 'gap')
    t.ok(inOrder(run))
    t.match(run.events.at(-1), { complete: false })
  }
})

t.test('where all fail, the first failure is the error', async t => {
  const all = await heard(
    { maxRetries: 0 },
    { respond: () => ({ status: 500 }) },
  )
  t.match(all.run.error, { code: 'VOX_SERVICE_FAILED', status: 500 })
  t.ok(all.requests.length >= 6, 'each had its chance')
  const refused = await heard(
    { maxRetries: 0 },
    { respond: () => ({ status: 400 }) },
  )
  t.match(refused.run.error, { code: 'VOX_SERVICE_REFUSED', status: 400 })
  t.ok(refused.requests.length <= 2, 'what is refused is not offered on')
})

t.test('what no part can escape ends all, with what there is', async t => {
  for (const status of [401, 403, 404]) {
    const { run, requests } = await heard(
      { concurrency: 1 },
      { respond: (_, attempt) => (attempt >= 3 ? { status } : undefined) },
    )
    t.match(run.error, { code: 'VOX_SERVICE_REFUSED', status })
    t.equal(finalsIn(run).length, 2)
    t.equal(requests.length, 3)
  }
  const { run } = await heard(
    {},
    {
      respond: (_, n) =>
        n >= 3 ? { status: 429, code: 'insufficient_quota' } : undefined,
    },
  )
  t.match(run.error, {
    code: 'VOX_SERVICE_REFUSED',
    serviceCode: 'insufficient_quota',
  })
})

t.test(
  'what the service finds too long, or cannot read, is sent in parts',
  async t => {
    for (const answer of [
      { status: 413 },
      {
        status: 400,
        body: {
          error: {
            message:
              'audio duration 41.8 seconds is longer than 9 seconds which is the maximum for this model',
            type: 'invalid_request_error',
            param: null,
            code: 'invalid_value',
          },
        },
      },
      {
        status: 400,
        body: {
          error: {
            message: 'Audio file might be corrupted or unsupported',
            type: 'invalid_request_error',
            param: 'file',
            code: 'invalid_value',
          },
        },
      },
    ]) {
      const { run, requests } = await heard(
        {},
        {
          internals: { maxMs: 60_000 },
          respond: ({ file }) =>
            file!.bytes === audio.length + 12 ? answer : undefined,
          // A chunk that is skipped, so that it can be told from our own WAV.
          input: Buffer.concat([
            audio,
            Buffer.from('note\x04\0\0\0abcd', 'latin1'),
          ]),
        },
      )
      t.equal(run.error, undefined)
      t.same(countIn(run), perfect)
      t.equal(requests.length, 2)
    }
  },
)

t.test('no temporary file is left', async t => {
  t.same(readdirSync(temporary), [])
})
