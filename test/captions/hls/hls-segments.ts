import * as fc from 'fast-check'
import t from 'tap'
import {
  CueSegmenter,
  type CueSegment,
  type FormattedCue,
  HlsPlaylist,
} from '../../../lib/captions/hls/hls-segments.ts'

const cue = (start: number, end: number): FormattedCue => ({
  start,
  end,
  text: `${start}-${end}`,
})

const textsOf = (segments: readonly CueSegment[]): string[][] =>
  segments.map(({ cues }) => cues.map(({ text }) => text))

/** Cues in order of their starts, some far apart, some over each other. */
const cues = fc
  .array(
    fc.record({
      pause: fc.oneof(
        fc.integer({ max: 50, min: 0 }),
        fc.integer({ max: 9000, min: 0 }),
      ),
      length: fc.oneof(
        fc.integer({ max: 3000, min: 1 }),
        fc.integer({ max: 30_000, min: 1 }),
      ),
    }),
    { maxLength: 40 },
  )
  .map(list => {
    let start = 0
    return list.map(({ pause, length }) => {
      start += pause
      return cue(start, start + length)
    })
  })

t.test('every cue is in every segment that it is shown in', async t => {
  fc.assert(
    fc.property(
      cues,
      fc.integer({ min: 1000, max: 7000 }),
      fc.nat(90_000),
      (list, ms, duration) => {
        const segments = new CueSegmenter(ms)
        const found: CueSegment[] = []
        for (const one of list) {
          segments.add([one])
          found.push(...segments.until(one.start))
        }
        found.push(...segments.end(duration))
        const end = Math.max(duration, ...list.map(one => one.end))
        const expected = found.map((_, index): CueSegment => {
          const start = index * ms
          const stop = Math.min(start + ms, end)
          return {
            index,
            start,
            durationMs: stop - start,
            cues: list.filter(one => one.start < stop && one.end > start),
          }
        })
        t.strictSame(found, expected)
        const covered = found.reduce((sum, one) => sum + one.durationMs, 0)
        t.equal(covered, end, 'from the first to the last ms')
      },
    ),
    { numRuns: 60 },
  )
})

t.test('segments do not depend on when they are asked for', async t => {
  fc.assert(
    fc.property(cues, list => {
      const [once, often] = [new CueSegmenter(2000), new CueSegmenter(2000)]
      once.add(list)
      const found: CueSegment[] = []
      for (const one of list) {
        found.push(...often.until(one.start))
        often.add([one])
      }
      t.strictSame([...found, ...often.end(0)], once.end(0))
    }),
    { numRuns: 60 },
  )
})

t.test('puts late cues into the next segment', async t => {
  const segments = new CueSegmenter(1000)
  t.strictSame(textsOf(segments.until(2500)), [[], []])
  segments.add([cue(100, 900), cue(1500, 2100), cue(1900, 3100)])
  t.strictSame(textsOf(segments.until(3000)), [
    ['100-900', '1500-2100', '1900-3100'],
  ])
  t.strictSame(textsOf(segments.end(0)), [['1900-3100']])
})

t.test('writes a segment for cues after the announced end', async t => {
  const segments = new CueSegmenter(1000)
  segments.until(3000)
  segments.add([cue(100, 900)])
  t.match(segments.end(2500), [
    { index: 3, durationMs: 1000, cues: [{ start: 100 }] },
  ])
})

t.test('an empty transcript has no segments', async t => {
  t.strictSame(new CueSegmenter(1000).end(0), [])
  t.match(new CueSegmenter(1000).end(0.5), [{ durationMs: 1, cues: [] }])
})

t.test('refuses an implausible time', async t => {
  const segments = new CueSegmenter(1000)
  segments.add([cue(1e15, 1e15 + 1)])
  t.throws(() => segments.until(1e15), {
    code: 'VOX_FORMAT',
    message: /check the times$/,
  })
  t.throws(() => segments.end(0), { code: 'VOX_FORMAT' })
})

t.test('on demand', async t => {
  const playlist = new HlsPlaylist('vod', 6006, 5)
  playlist.add('talk #1-00001.vtt', 6006)
  playlist.add('talk #1-00002.vtt', 1)
  t.equal(
    playlist.text(true),
    [
      '#EXTM3U',
      '#EXT-X-VERSION:3',
      '#EXT-X-TARGETDURATION:6',
      '#EXT-X-MEDIA-SEQUENCE:0',
      '#EXT-X-PLAYLIST-TYPE:VOD',
      '#EXTINF:6.006,',
      'talk%20%231-00001.vtt',
      '#EXTINF:0.001,',
      'talk%20%231-00002.vtt',
      '#EXT-X-ENDLIST',
      '',
    ].join('\n'),
  )
})

t.test('an event keeps all, a live one its window', async t => {
  const [event, live] = [
    new HlsPlaylist('event', 2000, 3),
    new HlsPlaylist('live', 2000, 3),
  ]
  for (let n = 1; n <= 5; n++)
    for (const playlist of [event, live]) playlist.add(`${n}.vtt`, 2000)
  const all = event.text(false)
  t.match(all, /#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:EVENT\n/)
  t.strictSame(
    all.match(/\d\.vtt/g),
    ['1', '2', '3', '4', '5'].map(n => `${n}.vtt`),
  )
  t.notMatch(all, 'ENDLIST')
  const last = live.text(false)
  t.match(last, /#EXT-X-MEDIA-SEQUENCE:2\n#EXTINF:2\.000,\n3\.vtt\n/)
  t.notMatch(last, 'PLAYLIST-TYPE')
  t.match(live.text(true), /5\.vtt\n#EXT-X-ENDLIST\n$/)
})
