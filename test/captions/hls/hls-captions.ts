import * as fc from 'fast-check'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import t from 'tap'
import {
  HlsCaptions,
  type HlsFile,
  type HlsCaptionsOptions,
} from '../../../lib/captions/hls/hls-captions.ts'
import type { CaptionInput } from '../../../lib/captions/cues/check-input.ts'
import { formatCaptions } from '../../../lib/captions/caption-formatter.ts'
import {
  captionProfiles,
  type CaptionProfileName,
} from '../../../lib/captions/profiles.ts'
import { chunksOf } from '../../../lib/core/stage.ts'
import {
  finals,
  hostileText,
  plainText,
  readVtt,
} from '../../fixtures/captions.ts'
import { HandClock } from '../../fixtures/hand-clock.ts'
import {
  hlsFilesOf,
  mergeCues,
  readPlaylist,
  readSegment,
} from '../../fixtures/hls.ts'

const cue = (start: number, end: number, line: string) => ({
  start,
  end,
  lines: [line],
})
const end = (duration: number) =>
  ({ type: 'end', duration, complete: true }) as const
const final = (turn: string, start: number, stop: number, text: string) =>
  ({ type: 'final', turn, start, end: stop, text }) as const

const namesOf = (files: readonly HlsFile[]): string[] =>
  files.map(({ name }) => name)

t.test('writes complete segments, and the playlist at the end', async t => {
  const files = await hlsFilesOf([
    cue(500, 1500, 'One & one'),
    cue(5000, 7000, 'over the edge'),
    cue(19_000, 20_000, 'late'),
    end(20_500),
  ])
  t.strictSame(files.slice(0, 3), [
    {
      name: 'captions-00001.vtt',
      text:
        'WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\n' +
        '00:00:00.500 --> 00:00:01.500\nOne &amp; one\n\n' +
        '00:00:05.000 --> 00:00:07.000\nover the edge\n\n',
    },
    {
      name: 'captions-00002.vtt',
      text:
        'WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\n' +
        '00:00:05.000 --> 00:00:07.000\nover the edge\n\n',
    },
    {
      name: 'captions-00003.vtt',
      text: 'WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\n',
    },
  ])
  t.equal(files.length, 5)
  t.strictSame(readPlaylist(files.at(-1)!.text), {
    tags: {
      VERSION: '3',
      TARGETDURATION: '6',
      'MEDIA-SEQUENCE': '0',
      'PLAYLIST-TYPE': 'VOD',
    },
    segments: [6, 6, 6, 2.5].map((seconds, i) => ({
      seconds,
      name: `captions-0000${i + 1}.vtt`,
    })),
    ended: true,
  })
})

t.test('a playlist after each segment', async t => {
  const input = [cue(0, 500, 'a'), cue(2100, 2500, 'b'), cue(4100, 8100, 'c')]
  const options = { name: 'a b', segmentMs: 2000, mpegts: 0 }
  const event = await hlsFilesOf(input, { ...options, playlist: 'event' })
  t.strictSame(
    namesOf(event),
    ['1', '', '2', '', '3', '4', '5', ''].map(n =>
      n ? `a b-0000${n}.vtt` : 'a b.m3u8',
    ),
  )
  const playlists = (files: readonly HlsFile[]) =>
    files
      .filter(({ name }) => name.endsWith('.m3u8'))
      .map(({ text }) => readPlaylist(text))
  const listed = (files: readonly HlsFile[]) =>
    playlists(files).map(({ segments, ended, tags }) =>
      [tags['MEDIA-SEQUENCE'], segments.length, ended].join(' '),
    )
  t.strictSame(listed(event), ['0 1 false', '0 2 false', '0 5 true'])
  const live = await hlsFilesOf(input, {
    ...options,
    playlist: 'live',
    window: 3,
  })
  t.strictSame(listed(live), ['0 1 false', '0 2 false', '2 3 true'])
  t.match(readSegment(live[0]!.text), {
    map: 'X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000',
  })
})

t.test(
  'all segments have the cues of the WebVTT file, whatever is said',
  async t => {
    const options = fc.record({
      segmentMs: fc.integer({ min: 1000, max: 12_000 }),
      playlist: fc.constantFrom('vod' as const, 'event' as const),
      profile: fc.constantFrom(
        undefined,
        ...(Object.keys(captionProfiles) as CaptionProfileName[]),
      ),
    })
    await fc.assert(
      fc.asyncProperty(
        finals(fc.oneof(plainText, hostileText)),
        options,
        fc.nat(10_000),
        async (events, { profile, ...others }, tail) => {
          const last = Math.max(0, ...events.map(event => event.end))
          const input = [...events, end(last + tail)]
          const named = profile && { profile }
          const files = await hlsFilesOf(input, { ...others, ...named })
          const whole = readVtt(
            formatCaptions(input, { format: 'vtt', ...named }),
          )
          const texts = new Map(files.map(file => [file.name, file.text]))
          const { segments, ended } = readPlaylist(files.at(-1)!.text)
          t.ok(ended)
          const read = segments.map(({ name }) => readSegment(texts.get(name)!))
          t.strictSame(
            read.flatMap(({ errors }) => errors),
            whole.errors,
          )
          t.strictSame(
            mergeCues(read.flatMap(({ cues }) => cues)),
            mergeCues(whole.cues),
          )
          let at = 0
          const misplaced = segments.flatMap(({ seconds }, i) => {
            const [from, to] = [at, (at = at + seconds * 1000)]
            const there = whole.cues.filter(c => c.start < to && c.end > from)
            const found = read[i]!.cues
            return found.length === there.length ? [] : [{ found, there }]
          })
          t.strictSame(misplaced, [])
          t.ok(at + 0.001 >= last + tail, 'the whole source is covered')
        },
      ),
      { numRuns: 40 },
    )
  },
)

const live = (options: HlsCaptionsOptions = {}) => {
  const clock = new HandClock()
  const stage = new HlsCaptions(
    { live: true, segmentMs: 2000, delayMs: 500, ...options },
    { clock },
  )
  const files: HlsFile[] = []
  stage.on('data', (file: HlsFile) => files.push(file))
  return {
    clock,
    stage,
    /** Gives it something, and waits until it is taken. */
    give: (input: CaptionInput) =>
      new Promise<void>(done => {
        stage.write(input, () => done())
      }),
    /** The segments that have come. */
    texts: () =>
      files.filter(({ name }) => name.endsWith('.vtt')).map(({ text }) => text),
    /** What has come since the last time, playlists left out. */
    segments: async () => {
      await new Promise(setImmediate) // a stream emits in its own time
      const found = files.splice(0).filter(({ name }) => name.endsWith('.vtt'))
      return found.map(({ name, text }) =>
        [
          Number(name.slice(9, 14)),
          ...readSegment(text).cues.map(c => c.text),
        ].join(' '),
      )
    },
  }
}

t.test('live: writes segments during silence', async t => {
  const { clock, stage, give, segments } = live()
  t.equal(clock.waiting, 0, 'nothing before the first event')
  await give({ type: 'start', schema: 1, engine: 'e', model: 'm' })
  clock.pass(2499)
  t.strictSame(await segments(), [])
  clock.pass(1)
  t.strictSame(await segments(), ['1'])
  clock.pass(4000)
  t.strictSame(await segments(), ['2', '3'])
  stage.end(end(6800))
  await new Promise(done => stage.once('end', done))
  t.strictSame(await segments(), ['4'])
  t.equal(clock.waiting, 0)
})

t.test(
  'live: waits for a turn, and keeps text that is later still',
  async t => {
    const { clock, stage, give, segments } = live()
    await give({ type: 'speech-start', turn: '1', at: 300 })
    clock.pass(7000)
    t.strictSame(await segments(), [])
    await give(final('1', 300, 1800, 'In time.'))
    t.strictSame(await segments(), ['1 In time.', '2', '3'])
    await give(final('0', 1900, 2500, 'Too late.'))
    await give(cue(3000, 3500, 'Cues too.'))
    clock.pass(2000)
    t.strictSame(await segments(), ['4 Too late. Cues too.'])
    await give(cue(13_000, 14_500, 'Ahead of the clock.'))
    t.strictSame(await segments(), ['5', '6'])
    stage.destroy()
    t.equal(clock.waiting, 0)
  },
)

t.test('live: what waits to be settled is in its own segments', async t => {
  const rolling = live({ profile: 'live' })
  const word = (text: string, at: number) =>
    ({ type: 'delta', turn: '1', text, at }) as const
  await rolling.give({ type: 'speech-start', turn: '1', at: 0 })
  rolling.clock.pass(1500)
  await rolling.give(word('Ask', 1500))
  rolling.clock.pass(300)
  await rolling.give(word(' not', 1800))
  t.strictSame(await rolling.segments(), [])
  rolling.clock.pass(10_000)
  t.strictSame(await rolling.segments(), [
    '1 Ask Ask not',
    '2 Ask not',
    '3 Ask not',
    '4',
    '5',
  ])
  rolling.stage.destroy()

  const held = live({ profile: 'netflix' })
  await held.give({ type: 'speech-start', turn: '1', at: 0 })
  held.clock.pass(1900)
  await held.give(final('1', 0, 1900, 'Ask not.'))
  t.strictSame(await held.segments(), [])
  held.clock.pass(10_000)
  t.match(await held.segments(), ['1 Ask not.', /^2/, '3', '4', '5'])
  held.stage.destroy()
})

t.test(
  'live: the same cues as of the file, each where it is shown',
  async t => {
    const profiles = Object.keys(captionProfiles) as CaptionProfileName[]
    await fc.assert(
      fc.asyncProperty(
        finals(plainText),
        fc.constantFrom(undefined, ...profiles),
        fc.nat(1500),
        async (events, name, latency) => {
          const profile = name && { profile: name }
          // A transcriber's turns are shorter, or they are not waited for.
          const turns = events.map(({ turn, text, start, end: stop }) =>
            final(turn, start * 0.7, stop * 0.7, text),
          )
          const schedule = turns
            .flatMap((event): [number, CaptionInput][] => {
              const { turn, start, end: stop } = event
              return [
                [start, { type: 'speech-start', turn, at: start }],
                [stop + latency, event],
              ]
            })
            .sort(([a], [b]) => a - b)
          const last = Math.max(0, ...turns.map(event => event.end))
          const { clock, stage, give, texts } = live({
            ...profile,
            delayMs: 2000,
            segmentMs: 3000,
          })
          const begun = clock.now()
          await give({ type: 'start', schema: 1, engine: 'e', model: 'm' })
          for (const [time, event] of schedule) {
            clock.pass(Math.max(0, begun + time - clock.now()))
            await give(event)
          }
          stage.end(end(last))
          await new Promise(done => stage.once('end', done))
          const whole = readVtt(
            formatCaptions([...turns, end(last)], {
              format: 'vtt',
              ...profile,
            }),
          ).cues
          t.strictSame(
            texts().map(text => readSegment(text).cues),
            texts().map((_, i) =>
              whole.filter(c => c.start < (i + 1) * 3000 && c.end > i * 3000),
            ),
          )
        },
      ),
      { numRuns: 40 },
    )
  },
)

t.test('as a stream: pipeline(), for await, an error, a signal', async t => {
  const names: string[] = []
  const stage = new HlsCaptions()
  const flow = pipeline(Readable.from([cue(0, 7000, 'a')]), stage)
  for await (const { name } of chunksOf(stage)) names.push(name)
  await flow
  t.strictSame(names, [
    'captions-00001.vtt',
    'captions-00002.vtt',
    'captions.m3u8',
  ])
  await t.rejects(hlsFilesOf([42 as never]), { code: 'VOX_FORMAT' })
  await t.rejects(hlsFilesOf([cue(1e15, 1e15 + 1, 'a')]), {
    code: 'VOX_FORMAT',
  })
  await t.rejects(hlsFilesOf([end(1e15)]), { code: 'VOX_FORMAT' })
  const abort = new AbortController()
  abort.abort()
  const stopped = new HlsCaptions({ signal: abort.signal, live: true })
  await t.rejects(stopped.toArray(), { name: 'AbortError' })
  t.strictSame(namesOf(await hlsFilesOf([])), ['captions.m3u8'])
})

t.test('options that cannot be used', async t => {
  const wrong = (options: object, option: string): void => {
    const make = () => new HlsCaptions(options)
    t.throws(make, { code: 'VOX_OPTION', option })
  }
  wrong({ name: 'a/b' }, 'name')
  wrong({ name: '' }, 'name')
  wrong({ segmentMs: 999 }, 'segmentMs')
  wrong({ mpegts: 2 ** 33 }, 'mpegts')
  wrong({ playlist: 'dvr' }, 'playlist')
  wrong({ window: 5 }, 'window')
  wrong({ window: 2, playlist: 'live' }, 'window')
  wrong({ delayMs: 5 }, 'delayMs')
  wrong({ live: true, delayMs: -1 }, 'delayMs')
  wrong({ profile: 'nbc' }, 'profile')
})
