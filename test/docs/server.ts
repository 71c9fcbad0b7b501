import t from 'tap'
import { moonshineModels, type LocalModel } from '../../lib/server/engines.ts'
import { textOf } from '../fixtures/markdown.ts'

const page = 'docs/guide/server.md'

const limits = ({ maxBytes, maxSeconds, formats }: LocalModel): string => {
  if (formats.length === 0) return ''
  if (maxBytes === undefined) return "the server's"
  const size = `${maxBytes / 2 ** 20} MiB`
  return maxSeconds === Infinity ? size : `${size}, ${maxSeconds} s`
}

t.test('the guide has every model, as it is', async t => {
  const rows = [...textOf(page).matchAll(/^\| (`[a-z\d-]+` .*) \|$/gm)].map(
    row => row[1]!.split('|').map(cell => cell.trim()),
  )
  const wanted = Object.entries<LocalModel>(moonshineModels).map(
    ([name, model]) => [
      `\`${name}\``,
      model.formats.join(', '),
      model.streams ? 'yes' : '',
      limits(model),
      model.realtime === 'live' ? 'while spoken' : 'after a commit',
    ],
  )
  t.same(rows, wanted)
})
