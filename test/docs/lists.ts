import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'
import { PCM_ENCODINGS } from '../../lib/audio/pcm.ts'
import { speakerStyles } from '../../lib/captions/profiles.ts'
import { createProgram, type Commands } from '../../lib/cli/program.ts'
import { latencies } from '../../lib/index.ts'
import { captionFormats } from '../../lib/captions/index.ts'
import { textOf } from '../fixtures/markdown.ts'

const sourceOf = (file: string): string =>
  readFileSync(resolve(import.meta.dirname, '../../lib', file), 'utf8')

/** `a, b or c`. */
const listed = (names: readonly string[]): string =>
  `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`

t.test('the help lists what its options take', async t => {
  const { options } = createProgram('0.0.0', {} as Commands, () => {})
  const help = (long: string): string =>
    options.find(option => option.long === long)!.description
  t.match(help('--format'), listed([...captionFormats, 'all']))
  t.match(help('--latency'), listed(latencies))
  t.match(help('--speaker-style'), listed(speakerStyles))
})

t.test('encodings of headerless PCM are listed', async t => {
  const [, list = ''] = /The encodings are\s+([^]*?)\./.exec(
    textOf('docs/guide/files.md'),
  )!
  t.same(
    [...list.matchAll(/`(\w+)`/g)].map(found => found[1]),
    PCM_ENCODINGS,
  )
  const docstring = sourceOf('decode/decoder.ts').replaceAll(/\n +\* /g, ' ')
  t.match(docstring, `ffmpeg's names: ${PCM_ENCODINGS.join(', ')}.`)
})

t.test('the guide on live speech has every setting of --latency', async t => {
  const page = textOf('docs/guide/live.md')
  const [, table = ''] = page.split('\n| `--latency`')
  const rows = [...table.split('\n\n')[0]!.matchAll(/^\| `(\w+)`/gm)]
  t.same(
    rows.map(row => row[1]),
    latencies,
  )
})

t.test('the guide on testing has every fault and every toxic', async t => {
  const page = textOf('docs/guide/testing.md')
  const source = sourceOf('testing/faults.ts')
  const arrays = [...source.matchAll(/Faults = \[([^\]]*)\]/g)]
  const faults = arrays.flatMap(found => found[1]!.match(/'[\w-]+'/g)!)
  t.equal(faults.length, 10)
  for (const fault of faults) t.ok(page.includes(`\`${fault}\``), fault)
  const toxics = [...sourceOf('testing/toxic.ts').matchAll(/type: '(\w+)'/g)]
  t.equal(toxics.length, 6, 'as many as the guide says')
  t.match(page, 'six of the toxics')
  for (const [, name] of toxics) t.ok(page.includes(`\`${name!}\``), name!)
})
