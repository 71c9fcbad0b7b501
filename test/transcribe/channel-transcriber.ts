import { once } from 'node:events'
import { PassThrough, Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import t from 'tap'
import { joinSamples } from '../../lib/audio/resample-wave.ts'
import type { AudioChunk } from '../../lib/core/audio-chunk.ts'
import type {
  FinalEvent,
  TranscriptEvent,
} from '../../lib/core/transcript-event.ts'
import { scriptedRecognizer } from '../../lib/testing/index.ts'
import { transcribe, type TranscribeOptions } from '../../lib/index.ts'
import {
  ChannelTranscriber,
  type ChannelTranscriberOptions,
} from '../../lib/transcribe/channel-transcriber.ts'
import { LocalTranscriber } from '../../lib/transcribe/local-transcriber.ts'
import { pcm, wav } from '../fixtures/audio.ts'
import { numberedFloats } from '../fixtures/numbered.ts'

const second = new Float32Array(16_000)
/** Numbered audio, for each channel tells by itself what is said in it. */
const numbers = (first: number, frames: number): Float32Array =>
  numberedFloats({
    first,
    frames,
    turnFrames: 10,
    pauseFrames: 15,
    sampleRate: 16_000,
  })
const [leftFrames, rightFrames] = [50, 40]
/** The second begins when the first has spoken for two seconds. */
const [left, right] = [
  joinSamples([numbers(0, leftFrames), second]),
  joinSamples([second, second, numbers(100, rightFrames), second, second]),
].map(samples => samples.subarray(0, 12 * 16_000)) as [
  Float32Array,
  Float32Array,
]
const recognizer = scriptedRecognizer()

const heard = async (
  bytes: Uint8Array,
  options: TranscribeOptions = {},
): Promise<TranscriptEvent[]> => {
  const events: TranscriptEvent[] = []
  for await (const event of transcribe(bytes, { recognizer, ...options }))
    events.push(event)
  return events
}

const finalsOf = (events: readonly TranscriptEvent[]): FinalEvent[] =>
  events.filter(event => event.type === 'final')

const separate = { channels: 'separate' } as const

t.test('each channel has the words it has alone', async t => {
  for (const live of [false, true]) {
    const events = await heard(wav([left, right]), { ...separate, live })
    const finals = finalsOf(events)
    const last = { start: 0, ends: [0, 0] }
    for (const { start, end, channel = -1, turn, speaker } of finals) {
      t.ok(start >= last.start, 'in order of starts')
      t.ok(start >= last.ends[channel]!, 'no overlap within a channel')
      last.start = start
      last.ends[channel] = end
      t.equal(speaker, `Channel ${channel + 1}`)
      t.ok(turn.startsWith(`${channel}:`))
    }
    for (const [channel, samples] of [left, right].entries()) {
      const alone = finalsOf(await heard(wav([samples]), { live }))
      const words = finals
        .filter(final => final.channel === channel)
        .flatMap(final => final.words)
      t.same(
        words,
        alone.flatMap(final => final.words),
      )
      const [first, frames] = [
        [0, leftFrames],
        [100, rightFrames],
      ][channel] as [number, number]
      t.same(
        words.map(word => word!.text),
        Array.from({ length: frames }, (_, i) => `w${first + i}`),
      )
    }
    t.equal(new Set(finals.map(({ turn }) => turn)).size, finals.length)
    const ofType = (type: string) => events.filter(e => e.type === type)
    t.equal(ofType('start').length, 1)
    t.equal(events[0]?.type, 'start')
    t.match(ofType('end'), [{ duration: 12_000, complete: true }])
    t.equal(events.at(-1)?.type, 'end')
    t.equal(ofType('delta').length > 0, live)
    for (const [i, event] of events.entries())
      if (event.type === 'delta')
        t.ok(
          events.findIndex(e => e.type === 'final' && e.turn === event.turn) >
            i,
          'deltas come before their final',
        )
  }
})

t.test('every event of a turn has its channel', async t => {
  const events = await heard(wav([left, right]), { ...separate, live: true })
  const types = new Set<string>()
  for (const event of events)
    if ('turn' in event) {
      types.add(event.type)
      t.equal(event.turn.split(':')[0], String(event.channel), event.type)
    }
  t.same([...types].sort(), ['delta', 'final', 'speech-end', 'speech-start'])
})

t.test('names the speakers of channels', async t => {
  const channelNames = ['Agent']
  const options = { ...separate, channelNames }
  for (const { channel, speaker } of finalsOf(
    await heard(wav([left, right]), options),
  ))
    t.equal(speaker, channel === 0 ? 'Agent' : 'Channel 2')
})

t.test("order: 'channel' lets no final wait for another channel", async t => {
  const lanes: Scripted[] = []
  const stage = new ChannelTranscriber({
    open: () => {
      lanes.push(new Scripted())
      return [lanes.at(-1)!]
    },
    order: 'channel',
  })
  lanes[0]!.free = true
  const seen: FinalEvent[] = []
  const third = new Promise<void>(resolve =>
    stage.on('data', (event: TranscriptEvent) => {
      if (event.type === 'final' && seen.push(event) === 3) resolve()
    }),
  )
  for (const chunk of stereo(3)) stage.write(chunk)
  await third
  t.same(
    seen.map(({ channel, start }) => [channel, start]),
    [
      [0, 0],
      [0, 10],
      [0, 20],
    ],
    'the second channel has none yet',
  )
  lanes[1]!.release()
  stage.end()
  await once(stage, 'end')
  t.same(
    seen.slice(3).map(({ channel, start }) => [channel, start]),
    [
      [1, 0],
      [1, 10],
      [1, 20],
    ],
  )
  const inTime = finalsOf(await heard(wav([left, right]), separate))
  const order = 'channel'
  const unordered = finalsOf(
    await heard(wav([left, right]), { ...separate, order }),
  )
  const byStart = (a: FinalEvent, b: FinalEvent): number =>
    a.start - b.start || a.channel! - b.channel!
  t.same(unordered.toSorted(byStart), inTime, 'the same finals')
})

t.test('refuses names and an order without separate channels', async t => {
  const wrong: [TranscribeOptions, string][] = [
    [{ channelNames: ['Ann'] }, 'channelNames'],
    [{ order: 'time' }, 'order'],
    [{ ...separate, order: 'start' as 'time' }, 'order'],
    [{ ...separate, channelNames: 'Ann' as never }, 'channelNames'],
    [{ ...separate, channelNames: [''] }, 'channelNames'],
  ]
  for (const [options, option] of wrong)
    await t.rejects(heard(wav([left]), options), { code: 'VOX_OPTION', option })
})

t.test('one channel is transcribed as it is, with a warning', async t => {
  const [start, warning, ...rest] = await heard(wav([left]), separate)
  const plain = await heard(wav([left]))
  t.match(warning, { type: 'warning', code: 'VOX_FORMAT', message: /one chan/ })
  t.same([start, ...rest], plain)
})

t.test('live: does not wait for silent channels or more audio', async t => {
  const source = new PassThrough()
  const silence = new Float32Array(left.length)
  source.write(pcm([left, silence], 's16le'))
  const raw = { encoding: 's16le', sampleRate: 16_000, channels: 2 } as const
  const options = { ...separate, recognizer, raw, live: true }
  let finals = 0
  for await (const event of transcribe(source, options))
    if (event.type === 'final' && ++finals === 2) source.end()
  t.ok(finals > 2)
})

t.test('many channels, with one signal', async t => {
  const told: Error[] = []
  const tell = (warning: Error): number => told.push(warning)
  process.on('warning', tell)
  t.after(() => process.off('warning', tell))
  const { signal } = new AbortController()
  const channels = Array.from({ length: 12 }, () => second)
  const events = await heard(wav(channels), { ...separate, signal })
  t.same(
    events.map(({ type }) => type),
    ['start', 'end'],
  )
  t.same(told, [])
})

t.test('an abort in its midst throws the reason', async t => {
  const abort = new AbortController()
  const reason = new Error('enough')
  const { signal } = abort
  const stereo = wav([left, right])
  const running = (async () => {
    for await (const event of transcribe(stereo, {
      ...separate,
      recognizer,
      signal,
    }))
      if (event.type === 'speech-start') abort.abort(reason)
  })()
  await t.rejects(running, reason)
  t.notOk(recognizer.closed)
  await t.rejects(heard(stereo, { ...separate, model: 'tiny' }), {
    code: 'VOX_OPTION',
    option: 'recognizer',
  })
})

t.test('reports a gap in the source once', async t => {
  const chunks: AudioChunk[] = [
    { sampleRate: 16_000, channels: [left, right], offset: 0 },
    {
      sampleRate: 16_000,
      channels: [second, second],
      offset: left.length + 16_000,
    },
  ]
  const events: TranscriptEvent[] = []
  await pipeline(
    Readable.from(chunks),
    new ChannelTranscriber({
      open: () => [new LocalTranscriber({ recognizer })],
    }),
    async (source: AsyncIterable<TranscriptEvent>) => {
      for await (const event of source) events.push(event)
    },
  )
  t.same(
    events.filter(({ type }) => type === 'gap'),
    [
      {
        type: 'gap',
        start: 12_000,
        end: 13_000,
        reason: 'the source has no audio here',
      },
    ],
  )
  t.match(events.at(-1), { type: 'end', complete: false, duration: 14_000 })
})

t.test('the other channel may be silent', async t => {
  const silence = new Float32Array(left.length)
  const [plain, beside] = [
    finalsOf(await heard(wav([left]))),
    finalsOf(await heard(wav([silence, left]), separate)),
  ]
  t.match(
    beside.map(final => final.words),
    plain.map(final => final.words),
  )
  t.ok(beside.every(({ channel }) => channel === 1))
})

/** Gives a final a chunk, when it is let go on. */
class Scripted extends Transform {
  held = 0
  free = false
  #waiting: (() => void)[] = []
  readonly #count = { seen: 0 }

  constructor() {
    super({ objectMode: true, writableHighWaterMark: 4 })
    this.push({ type: 'start', schema: 1, engine: 'x', model: 'y' })
  }

  override _transform(
    _: AudioChunk,
    __: BufferEncoding,
    done: () => void,
  ): void {
    const start = 10 * this.#count.seen++
    const go = (): void => {
      this.held--
      this.push({ type: 'final', turn: '1', text: '', start, end: start + 10 })
      done()
    }
    this.held++
    if (this.free) go()
    else this.#waiting.push(go)
  }

  get seen(): number {
    return this.#count.seen
  }

  release(): void {
    this.free = true
    for (const go of this.#waiting.splice(0)) go()
  }

  override _flush(done: () => void): void {
    this.push({ type: 'warning', code: 'X', message: 'once' })
    const usage = { type: 'duration', seconds: 1 }
    this.push({ type: 'end', duration: 10, complete: true, usage })
    done()
  }
}

function* stereo(count: number): Generator<AudioChunk> {
  for (let i = 0; i < count; i++)
    yield {
      sampleRate: 16_000,
      channels: [new Float32Array(1), new Float32Array(1)],
      offset: i,
    }
}

const rounds = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise(setImmediate)
}

const scripted = (
  more: Partial<ChannelTranscriberOptions> = {},
): { lanes: Scripted[]; stage: ChannelTranscriber } => {
  const lanes: Scripted[] = []
  const open = (): [Scripted] => {
    lanes.push(new Scripted())
    return [lanes.at(-1)!]
  }
  return { lanes, stage: new ChannelTranscriber({ open, ...more }) }
}

t.test('no channel runs ahead of another', async t => {
  const { lanes, stage } = scripted()
  lanes[0]!.free = true
  const events: TranscriptEvent[] = []
  const ended = pipeline(Readable.from(stereo(500)), stage, async source => {
    for await (const event of source as AsyncIterable<TranscriptEvent>)
      events.push(event)
  })
  await rounds(200)
  t.ok(lanes[0]!.seen > 0 && lanes[0]!.seen < 40, `${lanes[0]!.seen} chunks`)
  lanes[1]!.release()
  await ended
  t.equal(finalsOf(events).length, 1_000)
  t.match(events.at(-2), { type: 'warning' })
  t.equal(events.filter(({ type }) => type === 'warning').length, 1)
  t.match(events.at(-1), { type: 'end', usage: { seconds: 2 } })
})

t.test('a slow reader slows the source down', async t => {
  const { lanes, stage } = scripted()
  lanes[0]!.free = true
  let taken = 0
  const source = function* (): Generator<AudioChunk> {
    for (const chunk of stereo(500)) {
      taken++
      yield chunk
    }
  }
  const flow = pipeline(Readable.from(source()), stage)
  await rounds(20)
  lanes[1]!.release()
  await rounds(200)
  t.ok(taken < 60, `${taken} chunks`)
  let finals = 0
  for await (const event of stage as AsyncIterable<TranscriptEvent>)
    if (event.type === 'final') finals++
  t.equal(finals, 1_000)
  await flow
})

t.test('delivers earlier text before a failure', async t => {
  let closed = 0
  const close = async (): Promise<void> => void closed++
  const { lanes, stage } = scripted({ close })
  lanes[0]!.free = true
  for (const chunk of stereo(3)) stage.write(chunk)
  await rounds(20)
  lanes[1]!.destroy(new Error('broken'))
  const events: TranscriptEvent[] = []
  const reading = (async () => {
    for await (const event of stage as AsyncIterable<TranscriptEvent>)
      events.push(event)
  })()
  await t.rejects(reading, { message: 'broken' })
  t.equal(finalsOf(events).length, 3)
  t.ok(lanes.every(lane => lane.destroyed))
  t.equal(closed, 1)
})

t.test('refuses invalid input', async t => {
  const [chunk] = stereo(1)
  const wrong: [unknown[], RegExp][] = [
    [['text'], /takes AudioChunks/],
    [
      [chunk, { ...chunk, offset: 1, channels: [new Float32Array(1)] }],
      /number of channels changes, from 2 to 1/,
    ],
  ]
  for (const [chunks, message] of wrong) {
    const { lanes, stage } = scripted()
    lanes[0]!.free = true
    const failed = new Promise(resolve => stage.once('error', resolve))
    for (const one of chunks) stage.write(one)
    await rounds(5)
    lanes[1]?.release()
    t.match(await failed, { code: 'VOX_FORMAT', message })
  }
})

t.test('a signal ends it', async t => {
  const abort = new AbortController()
  const { lanes, stage } = scripted({ signal: abort.signal })
  const failed = new Promise(resolve => stage.once('error', resolve))
  stage.write([...stereo(1)][0])
  await rounds(2)
  abort.abort()
  t.match(await failed, { name: 'AbortError' })
  t.equal(lanes.length, 2)
  t.ok(lanes.every(lane => lane.destroyed))
  const late = new ChannelTranscriber({
    open: () => [new PassThrough({ objectMode: true })],
    signal: AbortSignal.abort(),
  })
  const [error] = (await once(late, 'error')) as [Error]
  t.equal(error.name, 'AbortError')
  t.ok(late.destroyed)
})
