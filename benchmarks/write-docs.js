/**
 * Writes the figures of README.md and docs/benchmarks.md from the results of
 * the last runs: `npm run bench -- docs`. What has not been run is left out.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { format, resolveConfig } from 'prettier'
import { captionsChapter } from './_util/doc-captions.js'
import { cuesChapter } from './_util/doc-cues.js'
import { hourChapter, liveChapter, liveSummary } from './_util/doc-live.js'
import { serverChapter } from './_util/doc-server.js'
import { sinkChapter, sinkSummary } from './_util/doc-sink.js'
import { machineLine, table } from './_util/markdown.js'

const at = name => new URL(name, import.meta.url)
const times = x => `${x >= 100 ? Math.round(x) : x.toFixed(1)}×`
const ms = x => `${x.toFixed(1)} ms`
const dB = x => (x === undefined ? '–' : `${x.toFixed(1)} dB`)
const middle = values => values.toSorted((a, b) => a - b)[values.length >> 1]

/** Results of a benchmark; undefined where it has not been run. */
const results = name => {
  const file = at(`results/${name}.json`)
  if (existsSync(file)) return JSON.parse(readFileSync(file))
  console.log(`left out: ${name} has not been run`)
}

/** Parts with an empty line between them, without those that are missing. */
const join = parts => parts.filter(Boolean).join('\n\n')

const accuracy = results('accuracy')
const throughput = results('throughput')
const memory = results('memory')
const resampler = results('resampler')
const latency = results('latency')
const hour = results('live-hour')
const cues = results('cues')
const captions = results('captions')
const server = results('server')

const textTable = () =>
  table(
    [
      'model',
      `word errors, ${accuracy.models[0].words} words in ${accuracy.clips.length} clips`,
      'file → text, × real time',
      'beside sherpa-onnx, same model, turns and threads',
    ],
    throughput.texts.map(({ model, ours, ratios }) => {
      const { rate } = accuracy.models.find(one => one.model === model)
      return [
        `\`${model}\``,
        `${(100 * rate).toFixed(1)} %`,
        times(ours),
        ratios.length > 0 ? `${middle(ratios).toFixed(2)}×` : '–',
      ]
    }),
  )
const texts = accuracy && throughput && textTable()

const peaks = () =>
  memory.results
    .map(
      ({ name, peak }) =>
        `- ${memory.minutes / 60} hours of 48 kHz stereo, ${name}: ${Math.round(peak)} MB of resident memory at most.`,
    )
    .join('\n')

const any = throughput ?? latency ?? memory ?? resampler ?? accuracy ?? hour
const machine = any && machineLine(any.machine)

const block = join([
  '<!-- bench:start -->',
  machine,
  texts,
  latency && liveSummary(latency),
  [memory && peaks(), throughput?.sink && sinkSummary(throughput.sink)]
    .filter(Boolean)
    .join('\n'),
  'All of it comes from `npm run bench`; more is in [docs/benchmarks.md](docs/benchmarks.md).',
  '<!-- bench:end -->',
])

const stages =
  () => `## Stages into a null sink, 48 kHz stereo WAV: \`npm run bench -- throughput\`

${table(
  ['stage', '× real time'],
  throughput.stages.map(({ stage, speed }) => [stage, times(speed)]),
)}

## Event-loop delay: \`npm run bench -- throughput\`

${table(
  ['while', 'p50', 'p99', 'p99.9', 'max'],
  throughput.delays.map(({ row, p50, p99, p999, max }) => [
    row,
    ...[p50, p99, p999, max].map(ms),
  ]),
)}`

const memories =
  () => `## Resident memory, ${memory.minutes / 60} hours of 48 kHz stereo: \`npm run bench -- memory\`

${table(
  ['what', 'peak', '× real time'],
  memory.results.map(({ name, peak, speed }) => [
    name,
    `${Math.round(peak)} MB`,
    times(speed),
  ]),
)}`

const resamplers = () => `## Resampling: \`npm run bench -- resampler\`

${table(
  [
    'resampler',
    'rates',
    'signal to error',
    'aliases',
    'ripple',
    '× real time',
    '× libsamplerate medium',
  ],
  resampler.engines
    .filter(({ absent }) => !absent)
    .map(row => [
      row.name,
      `${row.from} → ${row.to}`,
      dB(row.quality.signalToError),
      dB(row.quality.aliases),
      `${row.quality.ripple.toFixed(3)} dB`,
      times(row.speed),
      times(row.ratio),
    ]),
)}`

const page = join([
  '# Benchmarks',
  `Written by \`npm run bench -- docs\` from the last results. ${machine ?? ''}`,
  texts &&
    `## Accuracy and speed: \`npm run bench -- accuracy throughput\`\n\n${texts}`,
  latency && liveChapter(latency),
  hour && hourChapter(hour),
  throughput?.sink && sinkChapter(throughput.sink),
  server && serverChapter(server),
  cues && cuesChapter(cues),
  captions && captionsChapter(captions),
  throughput && stages(),
  memory && memories(),
  resampler && resamplers(),
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
