import t from 'tap'
import { checkCues } from '../../../lib/captions/cues/check-cues.ts'
import type { Cue } from '../../../lib/captions/cues/cue.ts'

const cue = (start: number, end: number, ...lines: string[]): Cue => ({
  start,
  end,
  lines,
})

const told = (cues: Cue[], profile: Parameters<typeof checkCues>[1]) =>
  checkCues(cues, profile).map(
    ({ index, rule, found, limit }) => `${index} ${rule} ${found} ${limit}`,
  )

t.test('cues that keep to the rules', async t => {
  t.strictSame(
    checkCues(
      [
        cue(0, 2000, 'And so, my fellow Americans,'),
        cue(2084, 5000, 'ask not what your country', 'can do for you.'),
        cue(5500, 7000, 'Ask.'),
      ],
      'netflix',
    ),
    [],
  )
})

t.test('each rule, with what was found', async t => {
  const long = 'a'.repeat(43)
  t.strictSame(told([cue(0, 5000, long)], 'netflix'), ['1 line-width 43 42'])
  t.strictSame(told([cue(0, 5000, 'x', 'y', 'z')], 'netflix'), [
    '1 line-count 3 2',
  ])
  t.strictSame(told([cue(0, 833, 'a')], 'netflix'), ['1 min-duration 833 834'])
  t.strictSame(told([cue(0, 7001, 'a')], 'netflix'), [
    '1 max-duration 7001 7000',
  ])
  t.strictSame(told([cue(0, 1000, 'a'.repeat(22))], 'netflix'), [
    '1 reading-speed 22 20',
  ])
  t.strictSame(told([cue(0, 1200, 'one two three four five')], 'bbc'), [
    '1 reading-speed 249.8 180',
  ])
  t.strictSame(told([cue(0, 2000, 'a'), cue(2050, 4000, 'b')], 'netflix'), [
    '2 gap 50 84',
  ])
  t.strictSame(told([cue(0, 2000, 'a'), cue(2300, 4000, 'b')], 'netflix'), [
    '2 gap 300 500',
  ])
  t.strictSame(told([cue(0, 2000, 'a'), cue(1900, 4000, 'b')], 'netflix'), [
    '2 overlap -100 0',
  ])
  t.strictSame(
    told([cue(0, 3000, 'Somebody gave the', 'old grey house away')], 'netflix'),
    ['1 line-break 1 0'],
  )
})

t.test('messages describe each violation', async t => {
  const [finding] = checkCues([cue(0, 1000, 'a'.repeat(30))], 'netflix')
  t.match(finding, {
    index: 1,
    start: 0,
    end: 1000,
    message: '30 characters per second, at most 20',
  })
})

t.test('accepts a break that cannot be improved', async t => {
  t.strictSame(
    told([cue(0, 3000, 'of the', 'of the')], { maxLineWidth: 6 }),
    [],
  )
})

t.test('cues of two channels may overlap', async t => {
  const cues = [
    { ...cue(0, 3000, 'a'), channel: 0 },
    { ...cue(1000, 4000, 'b'), channel: 1 },
  ]
  t.strictSame(checkCues(cues, 'netflix'), [])
})

t.test('roll-up captions have sizes and no speeds', async t => {
  t.strictSame(
    told([cue(0, 100, 'a'.repeat(33)), cue(100, 101, 'b')], 'fcc-608'),
    ['1 line-width 33 32'],
  )
})

t.test('a language has its own limits', async t => {
  const cues = [cue(0, 3000, '東京に行きます。明日も')]
  t.strictSame(checkCues(cues, 'netflix'), [])
  t.match(checkCues(cues, 'netflix', { language: 'zh-TW' }), [])
  t.strictSame(
    checkCues(cues, 'netflix', { language: 'ja' }).map(({ rule }) => rule),
    [],
  )
  t.strictSame(
    checkCues([cue(0, 2000, '東京に行きます。明日も')], 'netflix', {
      language: 'ja',
    }).map(({ limit }) => limit),
    [4],
  )
})

t.test('a profile that cannot be used is refused', async t => {
  t.throws(() => checkCues([], 'nbc' as 'bbc'), { code: 'VOX_OPTION' })
  t.throws(() => checkCues([], { maxLineWidth: 0 }), { code: 'VOX_OPTION' })
  t.throws(() => checkCues([], { width: 3 } as object), {
    code: 'VOX_OPTION',
    message: /no rule 'width'/,
  })
  t.throws(() => checkCues([], { minDurationMs: 8000 }), { code: 'VOX_OPTION' })
})
