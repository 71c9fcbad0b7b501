import * as fc from 'fast-check'
import t from 'tap'
import {
  CueSegmenter,
  type CueSegment,
  type FormattedCue,
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

t.test('what comes late is in the next segment', async t => {
  const segments = new CueSegmenter(1000)
  t.strictSame(textsOf(segments.until(2500)), [[], []])
  segments.add([cue(100, 900), cue(1500, 2100), cue(1900, 3100)])
  t.strictSame(textsOf(segments.until(3000)), [
    ['100-900', '1500-2100', '1900-3100'],
  ])
  t.strictSame(textsOf(segments.end(0)), [['1900-3100']])
})

t.test('what comes after all that was to come has a segment', async t => {
  const segments = new CueSegmenter(1000)
  segments.until(3000)
  segments.add([cue(100, 900)])
  t.match(segments.end(2500), [
    { index: 3, durationMs: 1000, cues: [{ start: 100 }] },
  ])
})

t.test('nothing lasts no time', async t => {
  t.strictSame(new CueSegmenter(1000).end(0), [])
  t.match(new CueSegmenter(1000).end(0.5), [{ durationMs: 1, cues: [] }])
})

t.test('a time that cannot be meant is refused', async t => {
  const segments = new CueSegmenter(1000)
  segments.add([cue(1e15, 1e15 + 1)])
  t.throws(() => segments.until(1e15), {
    code: 'VOX_FORMAT',
    message: /check the times$/,
  })
  t.throws(() => segments.end(0), { code: 'VOX_FORMAT' })
})
