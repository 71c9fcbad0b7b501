/**
 * Writes the figures of README.md and docs/benchmarks.md from the results of
 * the last runs: `npm run bench -- docs`. What has not been run, or was measured on
 * clips that are not in a clone, is left out.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { readResults } from '../dist/benchmarks/results.js'
import { captionsChapter } from './_util/doc-captions.js'
import { cuesChapter } from './_util/doc-cues.js'
import { hourChapter, memoryChapter, memorySummary } from './_util/doc-own.js'
import { serverChapter } from './_util/doc-server.js'
import { sinkChapter, sinkSummary } from './_util/doc-sink.js'
import {
  faultsSummary,
  liveSummary,
  suiteChapter,
  textSummary,
} from './_util/doc-suites.js'
import { join, machineText } from './_util/markdown.js'
import { speechFolder, speechIn } from './_util/speech.js'

const at = name => new URL(name, import.meta.url)

const shipped = await speechIn()
/** The same clips as FLAC and as WAV: decoded, they differ in the last bits. */
const digests = new Set(
  [shipped, await speechIn(speechFolder)].map(({ digest }) => digest),
)

/** Whether a clone can make them again: on the clips that it has. */
const isOfThisClone = (name, { speech }) => {
  if (!speech || digests.has(speech.digest)) return true
  console.log(`left out: ${name} was measured on other clips than these`)
  return false
}

/** Results of a check; undefined where it has not been run. */
const results = name => {
  const file = at(`results/${name}.json`)
  if (!existsSync(file)) {
    console.log(`left out: ${name} has not been run`)
    return undefined
  }
  const found = JSON.parse(readFileSync(file))
  if (found.command === undefined) {
    console.log(`left out: ${name} does not say by which command it was made`)
    return undefined
  }
  return isOfThisClone(name, found) ? found : undefined
}

const memory = results('memory')
const hour = results('live-hour')
const cues = results('cues')
const captions = results('captions')
const server = results('server')
const sink = results('sink')

const harness = at('results/results.json')
const all = existsSync(harness)
  ? (await readResults(fileURLToPath(harness))).suites
  : []
const suites = all.filter(one => isOfThisClone(one.name, one))
const suite = name => suites.find(one => one.name === name)
const [latency, accuracy, throughput, faults] = [
  'latency',
  'accuracy',
  'throughput',
  'faults',
].map(suite)

const used = [...suites, memory, hour, captions, server, sink].filter(Boolean)
const machines = new Set(used.map(({ machine }) => machineText(machine)))
const days = [...new Set(used.map(({ date }) => date.slice(0, 10)))].sort(
  (a, b) => a.localeCompare(b),
)
const speech = `the ${shipped.clips} clips in \`assets/speech\` (${Math.round(shipped.seconds)} s)`

const block = join([
  '<!-- bench:start -->',
  used.length > 0 &&
    `Measured on ${[...machines].join(', and on ')}, ${days.join(' and ')}. Beside each figure is the command that measures it again in a clone. The speech is that of ${speech}.`,
  accuracy && throughput && textSummary(accuracy, throughput),
  latency && liveSummary(latency),
  [
    faults && faultsSummary(faults),
    memory && memorySummary(memory),
    sink && sinkSummary(sink),
  ]
    .filter(Boolean)
    .join('\n'),
  '[docs/benchmarks.md](docs/benchmarks.md) has all figures. `voxpipe bench` [measures your machine and your audio](docs/guide/benchmarks.md).',
  '<!-- bench:end -->',
])

const page = join([
  '# Benchmarks',
  `\`npm run bench -- docs\` wrote this page from the last results. Each chapter names the command that measures its figures again in a clone. The speech is that of ${speech}. [The guide](guide/benchmarks.md) says how to read the figures.`,
  ...suites.map(suiteChapter),
  hour && hourChapter(hour),
  sink && sinkChapter(sink),
  server && serverChapter(server),
  cues && cuesChapter(cues),
  captions && captionsChapter(captions),
  memory && memoryChapter(memory),
])

const style = await resolveConfig(at('../package.json'))
const write = async (name, text) =>
  writeFileSync(at(name), await format(text, { ...style, parser: 'markdown' }))

const readme = readFileSync(at('../README.md'), 'utf8')
await write(
  '../README.md',
  readme.replace(/<!-- bench:start -->[^]*<!-- bench:end -->/, () => block),
)
await write('../docs/benchmarks.md', page)
console.log('written: README.md, docs/benchmarks.md')
