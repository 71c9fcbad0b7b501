import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import t from 'tap'
import { formatCaptions } from '../../../lib/captions/caption-formatter.ts'
import {
  HlsCaptions,
  type HlsFile,
} from '../../../lib/captions/hls/hls-captions.ts'
import type { TranscriptEvent } from '../../../lib/core/transcript-event.ts'
import { HlsFolder } from '../../../lib/io/hls-folder.ts'
import { noBrowser } from '../../fixtures/browser.ts'
import { hasFfmpeg } from '../../fixtures/caption-readers.ts'
import { readSrt, readVtt, type ReadCue } from '../../fixtures/captions.ts'
import { HandClock } from '../../fixtures/hand-clock.ts'
import { hlsFilesOf, mergeCues } from '../../fixtures/hls.ts'
import {
  containers,
  HlsPlayer,
  liveVideo,
  makeVideo,
} from '../../fixtures/hls-player.ts'

const turn = (start: number, end: number, text: string): TranscriptEvent => ({
  type: 'final',
  turn: `${start}`,
  text,
  start,
  end,
})

const skip =
  noBrowser || (!hasFfmpeg && 'there is no ffmpeg to make a video with')

/** Turns of a talk: over edges of segments, close together, far apart. */
const events: readonly TranscriptEvent[] = [
  turn(
    200,
    4333,
    'And so, my fellow Americans: ask not --> ask what you can do.',
  ),
  turn(
    4333,
    6900,
    '<b>Bold</b> & entities such as &amp; are text. שלום 東京都 👨‍👩‍👧',
  ),
  turn(6999, 7001, 'Yes.'),
  turn(10_500, 13_000, 'My fellow citizens of the world'),
  { type: 'end', duration: 14_000, complete: true },
]

const expected = readVtt(formatCaptions(events, { format: 'vtt' })).cues

const near = (found: number, wanted: number): boolean =>
  Math.abs(found - wanted) <= 1

/** What differs between two lists of cues, with times to the millisecond. */
const differences = (
  found: readonly ReadCue[],
  wanted: readonly ReadCue[],
): unknown[] =>
  Array.from({ length: Math.max(found.length, wanted.length) }, (_, i) => [
    found[i],
    wanted[i],
  ]).filter(
    ([a, b]) =>
      !(
        a &&
        b &&
        a.text === b.text &&
        near(a.start, b.start) &&
        near(a.end, b.end)
      ),
  )

for (const container of ['mpegts', 'fmp4'] as const)
  t.test(`hls.js shows every cue, over ${container}`, { skip }, async t => {
    const { first } = containers[container]
    const options = { segmentMs: 2000, mpegts: first }
    const files = makeVideo(t.testdir(), 14, 2, container)
    for (const { name, text } of await hlsFilesOf(events, options))
      files[`/${name}`] = text
    const player = await HlsPlayer.open(t, files)
    await player.playToEnd()
    const cues = mergeCues(await player.cues(first))
    t.strictSame(differences(cues, expected), [])
    t.strictSame(await player.problems(), [])
  })

/** What a source says of the talk, and when. */
const schedule = events
  .flatMap((event): { time: number; event: TranscriptEvent }[] => {
    if (event.type !== 'final') return []
    const { turn, start, end } = event
    const begins = { type: 'speech-start', turn, at: start } as const
    return [
      { time: start, event: begins },
      { time: end, event },
    ]
  })
  .concat({
    time: 0,
    event: { type: 'start', schema: 1, engine: 'e', model: 'm' },
  })
  .sort((a, b) => a.time - b.time)

t.test('hls.js follows a live playlist', { skip }, async t => {
  const { first } = containers.mpegts
  const files = makeVideo(t.testdir(), 14, 1, 'mpegts')
  const whole = String(files['/video.m3u8'])
  const window = 5
  const clock = new HandClock()
  const options = { segmentMs: 1000, live: true, delayMs: 0 }
  const stage = new HlsCaptions(
    { ...options, playlist: 'live', window },
    { clock },
  )
  stage.on('data', ({ name, text }: HlsFile) => (files[`/${name}`] = text))
  const write = (event: TranscriptEvent) =>
    new Promise(done => stage.write(event, done))

  const begun = clock.now()
  const left = [...schedule]
  /** The talk goes on for so many seconds, and all of it is served. */
  const goOn = async (seconds: number): Promise<void> => {
    const passTo = (ms: number): void => clock.pass(begun + ms - clock.now())
    while (left[0] && left[0].time <= seconds * 1000) {
      const { time, event } = left.shift()!
      passTo(time)
      await write(event)
    }
    passTo(seconds * 1000)
    await new Promise(setImmediate) // a stream emits in its own time
    files['/video.m3u8'] = liveVideo(whole, seconds, window)
  }

  // The playlist comes with the first segment, which the first turn closes.
  await goOn(3)
  t.notOk(files['/captions.m3u8'])
  await goOn(5)
  t.ok(files['/captions.m3u8'])
  const player = await HlsPlayer.open(t, files)
  for (const seconds of [5, 8, 10, 13]) {
    await goOn(seconds)
    // A segment waits for the turn that was begun in it.
    const written = Object.keys(files).filter(name => name.endsWith('.vtt'))
    await player.listed(written.length)
    const shown = expected.filter(cue => cue.start < written.length * 1000)
    await player.has(shown.length)
  }
  stage.end(events.at(-1))
  await new Promise(done => stage.once('end', done))
  files['/video.m3u8'] = `${liveVideo(whole, 14, window)}#EXT-X-ENDLIST\n`
  await player.playToEnd()
  const cues = mergeCues(await player.cues(first))
  t.strictSame(differences(cues, expected), [])
  t.strictSame(await player.problems(), [])
})

t.test('ffmpeg reads the playlist', { skip: !hasFfmpeg }, async t => {
  const folder = t.testdir()
  await pipeline(
    Readable.from(events),
    new HlsCaptions({ segmentMs: 2000 }),
    new HlsFolder(folder),
  )
  const playlist = join(folder, 'captions.m3u8')
  const words = ['-v', 'error', '-i', playlist, '-f', 'srt', 'pipe:1']
  const { stdout, stderr } = spawnSync('ffmpeg', words, { encoding: 'utf8' })
  t.equal(stderr, '')
  t.strictSame(readSrt(stdout.replaceAll('\r\n', '\n')), expected)
})
