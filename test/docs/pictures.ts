import t from 'tap'
import { drawRun, recordedRun } from '../../scripts/live-picture.ts'
import { textOf } from '../fixtures/markdown.ts'

t.test('the picture of live captions shows the recorded run', async t => {
  const run = recordedRun()
  t.equal(textOf('docs/pictures/live-captions.svg'), drawRun(run))
  const finals = run.appearances.filter(({ type }) => type === 'final')
  t.ok(finals.length > 1)
  t.match(finals.map(({ text }) => text).join(' '), /fellow Americans/)
})

t.test('words appear before their final, in order', async t => {
  const { appearances } = recordedRun()
  t.ok(appearances.some(({ type }) => type === 'delta'))
  for (const [i, { ms }] of appearances.entries())
    t.ok(ms >= (appearances[i - 1]?.ms ?? 0))
})
