import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import {
  checkResult,
  mergeResults,
  readResults,
} from '../../benchmarks/results.ts'
import {
  figure,
  resultsOf,
  suiteRecord,
  suiteResult,
} from '../fixtures/made-up-results.ts'

t.test('reads what it wrote', async t => {
  const path = join(t.testdir({}), 'results.json')
  const results = resultsOf(
    suiteRecord('latency', {
      tables: [{ title: 'T', note: 'N', head: ['a', 'b'], rows: [['1', '2']] }],
      figures: [figure('latency/x', 1.5)],
      verdicts: [{ name: 'v', limit: '1', measured: '2', met: false }],
      failures: [{ name: 'f', problem: 'p' }],
      notes: ['n'],
      speech: { clips: 6, seconds: 50, digest: 'ab' },
      data: { rows: [1, null, 'x'] },
    }),
  )
  writeFileSync(path, JSON.stringify(results))
  t.same(await readResults(path), results)
})

t.test('refuses other files and says what they are', async t => {
  const folder = t.testdir({})
  mkdirSync(join(folder, 'folder'))
  const wrong: [string, string | undefined, RegExp][] = [
    ['missing', undefined, /'.*missing' is no results.json .*no such file$/],
    ['folder', undefined, /it is a folder$/],
    ['text', 'key=secret', /it is not JSON$/],
    ['other', '{"name":"x"}', /it is something else$/],
    ['null', 'null', /it is something else$/],
    ['later', '{"schema":2}', /has schema 2, and this voxpipe knows schema 1/],
    [
      'broken',
      JSON.stringify({ ...resultsOf(), suites: [{ name: 'lateness' }] }),
      /no results.json .*, at suites\.0\.name: /,
    ],
  ]
  for (const [name, content, message] of wrong) {
    const path = join(folder, name)
    if (content !== undefined) writeFileSync(path, content)
    await t.rejects(readResults(path), { code: 'VOX_INPUT', message }, name)
  }
})

t.test('reports a suite with an invalid result', async t => {
  t.same(checkResult(suiteResult('faults')), suiteResult('faults'))
  const figures = [figure('a', 1), figure('b', Number.NaN)]
  t.throws(() => checkResult(suiteResult('faults', { figures })), {
    message:
      /the suite 'faults' answers what is no result, at figures\.1\.value/,
  })
  const tables = [{ title: 'T', head: ['a', 'b'], rows: [['1']] }]
  t.throws(() => checkResult(suiteResult('faults', { tables })), {
    message: /at tables\.0: a row has not as many cells as the head/,
  })
})

t.test(
  'a suite that is measured again takes the place of what it was',
  async t => {
    const old = resultsOf(suiteRecord('latency'), suiteRecord('faults'))
    const again = suiteRecord('faults', { date: '2026-10-02T12:00:00.000Z' })
    const added = suiteRecord('accuracy')
    const latest = { ...resultsOf(again, added), command: 'later' }
    const merged = mergeResults(old, latest)
    t.same(merged, {
      ...latest,
      suites: [suiteRecord('latency'), added, again],
    })
    t.same(mergeResults(undefined, old), old)
  },
)
