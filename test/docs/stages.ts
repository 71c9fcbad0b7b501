import { Stream } from 'node:stream'
import t from 'tap'
import * as voxpipe from '../../lib/index.ts'
import { textOf } from '../fixtures/markdown.ts'

const isStream = (value: unknown): boolean =>
  typeof value === 'function' && value.prototype instanceof Stream

t.test('the guide has every stage', async t => {
  const stages = Object.entries(voxpipe)
    .filter(([name, value]) => isStream(value) && name !== 'Stage')
    .map(([name]) => name)
  const [, table = ''] = textOf('docs/guide/pipelines.md').split('\n| stage')
  const rows = [...table.split('\n\n')[0]!.matchAll(/^\| `(\w+)`/gm)]
  t.same(rows.map(row => row[1]!).sort(), stages.toSorted())
})
