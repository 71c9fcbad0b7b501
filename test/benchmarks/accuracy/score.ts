import t from 'tap'
import {
  accuracyFigures,
  accuracyTables,
} from '../../../benchmarks/accuracy/accuracy-tables.ts'
import {
  DRAWS,
  drawnRates,
  pooledRate,
  rateDifference,
  rateInterval,
  rateNoise,
  rowFailures,
  hasText,
  differencesOf,
  scoreModel,
} from '../../../benchmarks/accuracy/score.ts'
import { seededRandom } from '../../../benchmarks/statistics.ts'

const clip = (errors: number, words: number) => ({
  substitutions: errors,
  insertions: 0,
  deletions: 0,
  errors,
  words,
})

const random = seededRandom(5)
const many = Array.from({ length: 400 }, () => clip(random() < 0.2 ? 1 : 0, 1))

t.test('rates are of all clips together', async t => {
  t.equal(pooledRate([clip(1, 2), clip(0, 8)]), 0.1)
  t.equal(pooledRate([clip(3, 0)]), 0)
  t.equal(pooledRate([]), 0)
})

t.test('draws are the same each time', async t => {
  t.same(drawnRates(many), drawnRates(many))
  t.equal(drawnRates(many).length, DRAWS)
})

t.test('the interval and the error are those of a share', async t => {
  const share = pooledRate(many)
  const error = Math.sqrt((share * (1 - share)) / many.length)
  const noise = rateNoise(many)
  t.ok(Math.abs(noise / error - 1) < 0.05, `${noise}, ${error}`)
  const [low, high] = rateInterval(many)
  t.ok(Math.abs((share - low) / (1.96 * error) - 1) < 0.15)
  t.ok(Math.abs((high - share) / (1.96 * error) - 1) < 0.15)
})

t.test('a difference on the same clips is surer than either', async t => {
  const clips = Array.from({ length: 20 }, (_, i) => clip(i, 20))
  const worse = clips.map(({ errors, words }) => clip(errors + 1, words))
  const { value, interval } = rateDifference(worse, clips)
  for (const one of [value, ...interval]) t.ok(Math.abs(one - 0.05) < 1e-9)
  t.same(rateDifference(clips, clips), { value: 0, interval: [0, 0] })
})

t.test('no rate is known finer than by a word', async t => {
  t.equal(rateNoise([clip(1, 10)]), 0.1)
  t.equal(rateNoise([clip(0, 5), clip(0, 5)]), 0.1)
})

const spoken = [
  { id: 'a', text: 'The colour of the sea.', language: 'en' },
  { id: 'b', text: 'Zwei Wörter', language: 'de' },
  { id: 'silence', text: '', language: 'en' },
]
const ways = ['clean', 'reverb'] as const
const model = { name: 'tiny', engine: 'local', model: 'tiny' }
const heard = [
  ['the color of sea', 'the color of a red sea'],
  ['zwei worte', ''],
  ['', 'oh dear'],
]
const rows = scoreModel(model, spoken, ways, heard)

t.test('clips are scored in their language', async t => {
  const [clean, reverb] = rows
  t.match(clean, {
    ...model,
    degradation: 'clean',
    errors: { substitutions: 1, insertions: 0, deletions: 1, words: 7 },
    pooled: 2 / 7,
    mean: (1 / 5 + 1 / 2) / 2,
    overClean: undefined,
  })
  t.match(reverb, {
    errors: { substitutions: 1, insertions: 3, deletions: 2, words: 7 },
    pooled: 6 / 7,
    overClean: { value: 4 / 7 },
    clips: [
      { id: 'a', errors: 2, rate: 2 / 5, text: 'the color of a red sea' },
      { id: 'b', errors: 2, rate: 1 },
      { id: 'silence', errors: 2, words: 0, rate: 2 },
    ],
  })
})

t.test('models stand beside the first one', async t => {
  const base = scoreModel({ ...model, name: 'base' }, spoken, ways, [
    ['the color of the sea', ''],
    ['zwei wörter', ''],
    ['', ''],
  ])
  const other = scoreModel(
    { ...model, name: 'other' },
    spoken.slice(0, 1),
    ways,
    heard.slice(0, 1),
  )
  const all = [...rows, ...base, ...other]
  const differences = differencesOf(all)
  t.match(differences, [
    { name: 'base', against: 'tiny', degradation: 'clean' },
    { name: 'base', against: 'tiny', degradation: 'reverb' },
  ])
  const points = differences.map(({ value }) => Math.round(700 * value))
  t.same(points, [-200, 100], 'in sevenths')
  t.equal(differences.length, 2, 'other clips are no comparison')
  const tables = accuracyTables({ clips: 3, words: 7, rows: all, differences })
  t.same(
    tables.map(({ title }) => title),
    [
      'Word error rate',
      'Word error rate over that of tiny',
      'Word error rate of tiny by clip, %',
      'Word error rate of base by clip, %',
      'Word error rate of other by clip, %',
    ],
  )
  for (const { head, rows } of tables)
    for (const row of rows) t.equal(row.length, head.length)
  const [first] = tables[0]!.rows
  t.same(first!.slice(0, 2), ['tiny, clean', '28.6'])
  t.same(first!.slice(4), ['35.0', '1', '0', '1', '7'])
  t.match(tables[4]!.rows, [['a', '20.0', '40.0', '5']])
})

t.test('of many clips the worst are shown', async t => {
  const clips = Array.from({ length: 50 }, (_, i) => ({
    id: `clip ${i}`,
    text: 'one two',
    language: 'en',
  }))
  const heard = clips.map((_, i) => [i === 40 ? 'three four' : 'one two', ''])
  const rows = scoreModel(model, clips, ways, heard)
  const table = accuracyTables({ clips: 50, words: 100, rows })[1]!
  t.match(table.note, /The 30 worst of 50/)
  t.equal(table.rows.length, 30)
  t.equal(table.rows[0]![0], 'clip 40')
})

t.test('figures have names that stay, and their noise', async t => {
  t.match(accuracyFigures(rows), [
    {
      id: 'accuracy/tiny clean/WER',
      value: 100 * (2 / 7),
      unit: '%',
      better: 'lower',
      n: 3,
    },
    { id: 'accuracy/tiny reverb/WER' },
  ])
  for (const { noise } of accuracyFigures(rows)) t.ok(noise > 100 / 7 - 1e-9)
})

t.test('fails on results that cannot be right', async t => {
  t.same(rowFailures(rows), [])
  const wrong = scoreModel(model, spoken, ways, [
    ['what is this', ''],
    ['zwei wörter', ''],
    ['', ''],
  ])
  t.same(wrong.map(hasText), [true, false])
  t.match(rowFailures(wrong), [
    {
      name: 'tiny, clean',
      problem: /^71 % of the words are wrong, most of them in 'a': check/,
    },
    { name: 'tiny, reverb', problem: 'no text came out of any clip' },
  ])
  t.same(accuracyTables({ clips: 0, words: 0, rows: [] }), [])
})
