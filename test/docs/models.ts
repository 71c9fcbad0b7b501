import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { megabytes } from '../../lib/cli/reporter.ts'
import { modelNamed } from '../../lib/recognizers/model-catalog.ts'
import {
  openaiModels,
  type OpenAIModel,
} from '../../lib/openai/wire/openai-models.ts'
import {
  chooseModel,
  type ModelNeeds,
} from '../../lib/transcribe/choose-model.ts'
import { textOf } from '../fixtures/markdown.ts'

const page = textOf('docs/guide/which-model.md')

const yes = (can: boolean | undefined): string => (can ? 'yes' : '')

/** The row that the guide must have of a model. */
const rowOf = ([name, model]: [string, OpenAIModel]): string[] => {
  const { files, realtime, perMinute, shutdown } = model
  return [
    `\`${name}\``,
    files ? (files.streams ? 'stream' : 'yes') : '',
    realtime ? (realtime.family === 'live' ? 'words' : 'turns') : '',
    yes(files?.wordTimes),
    yes(files?.speakerLabels),
    yes(files?.prompt ?? realtime?.prompt),
    yes(files?.keywords ?? realtime?.keywords),
    String(perMinute),
    shutdown ?? '',
  ]
}

t.test('the guide has every model, as it is', async t => {
  const rows = [...page.matchAll(/^\| (`(?:gpt|whisper)-.*) \|$/gm)].map(row =>
    row[1]!.split('|').map(cell => cell.trim()),
  )
  t.same(rows, Object.entries(openaiModels).map(rowOf))
})

t.test('models that end without a successor are named', async t => {
  for (const [name, { shutdown, successor }] of Object.entries(openaiModels))
    if (shutdown !== undefined && successor === undefined)
      t.match(page, new RegExp(`^\`${name}\`.* end |and \`${name}\` end `, 'm'))
})

t.test(
  'the README knows the model that has word times, and its end',
  async t => {
    const timed = Object.entries(openaiModels).filter(
      ([, { files }]) => files?.wordTimes,
    )
    t.same(
      timed.map(([name]) => name),
      ['whisper-1'],
    )
    const end = new Date(timed[0]![1].shutdown!).toLocaleString('en', {
      month: 'long',
      year: 'numeric',
      timeZone: 'UTC',
    })
    t.match(
      textOf('README.md'),
      `only \`whisper-1\` gives word times, and only for files; it ends in ${end}.`,
    )
  },
)

t.test('the rule in the guide is the one that is followed', async t => {
  const foreign = { language: 'de' }
  const needs: readonly ModelNeeds[] = [
    { offline: true },
    { live: true },
    {},
    { ...foreign, live: true },
    { speakerLabels: true },
    { ...foreign, wordTimes: true },
    { ...foreign, waiting: true },
    foreign,
  ]
  const table = /^\| what you ask for[^]*?\n\n/m.exec(page)![0]
  const rows = table.trim().split('\n').slice(2)
  t.equal(rows.length, needs.length)
  for (const [i, row] of rows.entries()) {
    const said = row.split('|')[2]!.trim()
    const { engine, model } = chooseModel(needs[i])
    t.ok(said.toLowerCase().startsWith(engine), row)
    const [, named] = /`(.+?)`/.exec(said) ?? []
    if (named !== undefined) t.equal(model, named, row)
  }
})

/** The sizes of a model as the documents have them. */
const sizesOf = (name: string): readonly [download: string, disk: string] => {
  const { tarballBytes, files } = modelNamed(name)
  const disk = files.reduce((sum, { bytes }) => sum + bytes, 0)
  return [megabytes(tarballBytes), megabytes(disk)]
}

t.test('sizes of models are those of the catalogue', async t => {
  const readme = textOf('README.md')
  for (const name of ['tiny', 'base']) {
    const [download, disk] = sizesOf(name)
    const row = new RegExp(`^\\| local, ${name} .*$`, 'm').exec(readme)![0]
    const cells = row.split('|').map(cell => cell.trim())
    t.same(cells.slice(3, 5), [download, disk], row)
    t.match(
      textOf('lib/recognizers/moonshine/moonshine-recognizer.ts').replaceAll(
        /\s*\n \s*\* /g,
        ' ',
      ),
      new RegExp(`\`${name}\` \\([^)]*, ${disk} on disk\\)`),
    )
  }
  const [download, disk] = sizesOf('silero-vad')
  t.match(
    readme.replaceAll('\n', ' '),
    `${download}, of which it keeps ${disk}`,
  )
})

t.test('the list of models in the guide has their sizes', async t => {
  const models = textOf('docs/guide/models.md')
  for (const name of ['tiny', 'base', 'silero-vad']) {
    const [download, disk] = sizesOf(name)
    const line = new RegExp(`^${name} .*`, 'm').exec(models)![0]
    t.ok(
      line.includes(`ready, ${disk} in`) ||
        line.endsWith(`not downloaded yet (${download})`),
      line,
    )
  }
})

t.test('the guide on embedding has their sizes, with the detector', async t => {
  const guide = textOf('docs/guide/embedding.md')
  const bytesOf = (name: string): number =>
    modelNamed(name).files.reduce((sum, { bytes }) => sum + bytes, 0)
  for (const name of ['tiny', 'base']) {
    const size = megabytes(bytesOf(name) + bytesOf('silero-vad'))
    const row = new RegExp(`^\\| models: \`${name}\` .*\\| (.*?) +\\|$`, 'm')
    t.equal(row.exec(guide)?.[1], size, name)
  }
})

t.test('the guide on embedding has the size of the runtime', async t => {
  const guide = textOf('docs/guide/embedding.md')
  const bin = join(
    import.meta.dirname,
    '../../node_modules/onnxruntime-node/bin/napi-v6/linux',
  )
  for (const arch of ['x64', 'arm64']) {
    const folder = join(bin, arch)
    const sizes = readdirSync(folder)
      // CUDA's, where somebody has let the install script fetch them.
      .filter(name => !name.includes('providers'))
      .map(name => statSync(join(folder, name)).size)
    const size = megabytes(sizes.reduce((sum, bytes) => sum + bytes, 0))
    const row = new RegExp(
      `^\\| of that, Linux on ${arch} .*\\| (.*?) +\\|$`,
      'm',
    )
    t.equal(row.exec(guide)?.[1], size, arch)
  }
})
