import t from 'tap'
import { SourceClock } from '../../lib/decode/source-clock.ts'

const clock = (
  durationMs?: number,
  strict = false,
  maxDurationMs = Infinity,
) => {
  const made = new SourceClock({ strict, maxDurationMs })
  made.setContainer('test')
  made.setFormat({
    type: 'format',
    format: {
      container: 'test',
      sampleRate: 1000,
      channels: 1,
      ...(durationMs && { durationMs }),
    },
  })
  return made
}

const audio = (frames: number, at?: number) => ({
  type: 'audio' as const,
  channels: [new Float32Array(frames)],
  ...(at !== undefined && { at }),
})

const places = (made: SourceClock, frames: number, at?: number) =>
  [...made.chunks(audio(frames, at))].map(chunk => [
    chunk.offset,
    chunk.channels[0]!.length,
  ])

t.test('chunks of moderate size, gaps only forward', async t => {
  const made = clock()
  t.same(places(made, 20_000), [
    [0, 8192],
    [8192, 8192],
    [16_384, 3616],
  ])
  t.same(places(made, 10, 25_000), [[25_000, 10]])
  t.same(places(made, 10, 5), [[25_010, 10]])
  t.same(places(made, 10, 1e12), [[25_020, 10]], 'a gap beyond belief')
  t.same(made.finish(), [])
})

t.test('the longest duration', async t => {
  const made = clock(undefined, true, 15)
  t.same(places(made, 10), [[0, 10]])
  t.notOk(made.full)
  t.same(places(made, 10), [[10, 5]])
  t.ok(made.full)
  t.match(made.finish(), [{ code: 'VOX_MAX_DURATION' }])
})

t.test('exactly the longest duration is not too long', async t => {
  const made = clock(undefined, false, 10)
  t.same(places(made, 10), [[0, 10]])
  t.notOk(made.full)
})

t.test('less than declared', async t => {
  const made = clock(2000)
  places(made, 1500)
  t.match(made.finish(), [
    { code: 'VOX_TRUNCATED', message: /declares 2.00 s, and 1.50 s/ },
  ])
  const strict = clock(2000, true)
  places(strict, 1500)
  t.throws(() => strict.finish(), { code: 'VOX_TRUNCATED' })
})

t.test('reports damage immediately, and its total at the end', async t => {
  const made = clock()
  places(made, 1500)
  const item = { type: 'damage', what: '9 bytes' } as const
  t.match(made.damage(item), {
    code: 'VOX_DECODE',
    message: /near 1.50 s \(9 bytes\)/,
  })
  t.equal(made.damage(item), undefined)
  t.match(made.finish(), [{ code: 'VOX_DECODE', message: /2 places/ }])
  const strict = clock(undefined, true)
  places(strict, 10)
  t.equal(strict.damage(item), undefined)
  t.throws(() => strict.finish(), { code: 'VOX_DECODE' })
})

t.test('reports input without audio', async t => {
  t.throws(() => clock().finish(), { code: 'VOX_INPUT_EMPTY' })
  const cut = clock()
  cut.truncated({ type: 'truncated', where: 'inside a frame' })
  t.throws(() => cut.finish(), { code: 'VOX_DECODE' })
})
