import t from 'tap'
import { OggTimeline } from '../../../lib/decode/ogg/ogg-decoder.ts'

const page = (granule?: number, last = false) => ({ granule, last })

t.test('the frames in front are dropped once', async t => {
  const timeline = new OggTimeline(48_000, 1000)
  t.same(timeline.place(960, page(960), false), { at: 0, skip: 960, keep: 0 })
  t.same(timeline.place(960, page(1920), false), { at: 0, skip: 40, keep: 920 })
  t.same(timeline.place(960, page(2880), false), {
    at: 920,
    skip: 0,
    keep: 960,
  })
})

t.test('the end is cut at the last granule position', async t => {
  const timeline = new OggTimeline(48_000, 0)
  timeline.place(960, page(960), false)
  t.match(timeline.place(960, page(1000, true), false), { at: 960, keep: 40 })
  const single = new OggTimeline(48_000, 0)
  t.match(single.place(960, page(100, true), false), { at: 0, keep: 100 })
})

t.test('a first position below its frames: the start is cut', async t => {
  const timeline = new OggTimeline(44_100, 0)
  t.same(timeline.place(1000, page(900), false), {
    at: 0,
    skip: 100,
    keep: 900,
  })
  t.same(timeline.place(1000, page(1900), false), {
    at: 900,
    skip: 0,
    keep: 1000,
  })
})

t.test('a stream that is joined late starts at 0', async t => {
  const timeline = new OggTimeline(48_000, 0)
  t.match(timeline.place(960, page(9_600_960), false), { at: 0, keep: 960 })
  t.match(timeline.place(960, page(9_601_920), false), { at: 960 })
})

t.test('lost pages leave a gap; so does a long silence', async t => {
  const timeline = new OggTimeline(48_000, 0)
  timeline.place(960, page(960), false)
  t.match(timeline.place(960, page(5000), true), { at: 4040, keep: 960 })
  t.match(timeline.place(960, page(5970), false), { at: 5000 }, 'rounding')
  t.match(timeline.place(960, page(50_000), false), { at: 49_040 })
})

t.test('after damage, positions count and not frames', async t => {
  const timeline = new OggTimeline(48_000, 0)
  timeline.place(960, page(960), false)
  t.match(timeline.place(2000, page(), true), { at: 960, keep: 2000 })
  // 1,040 frames too many came of the damaged page.
  const place = timeline.place(2000, page(3920), false)
  t.same(place, { at: 2960, skip: 1040, keep: 960 })
  t.match(timeline.place(960, page(4880), false), { at: 3920, keep: 960 })
})

t.test('headers do not count', async t => {
  const timeline = new OggTimeline(48_000, 0)
  t.match(timeline.place(0, page(0), false), { keep: 0 })
  t.match(timeline.place(960, page(9_600_960), false), { at: 0 })
})
