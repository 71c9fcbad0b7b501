/**
 * Writes the figures of README.md and docs/benchmarks.md from the results of
 * the last runs: `npm run bench -- docs`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { format, resolveConfig } from 'prettier'

const at = name => new URL(name, import.meta.url)
const results = name => JSON.parse(readFileSync(at(`results/${name}.json`)))
const times = x => `${x >= 100 ? Math.round(x) : x.toFixed(1)}×`
const ms = x => `${x.toFixed(1)} ms`
const middle = values => values.toSorted((a, b) => a - b)[values.length >> 1]

const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows]
    .map(row => `| ${row.join(' | ')} |`)
    .join('\n')

const accuracy = results('accuracy')
const throughput = results('throughput')
const memory = results('memory')
const resampler = results('resampler')

const { cpu, cores, memory: ram, node } = throughput.machine
const machine = `Measured on ${cores} cores of ${cpu}, ${ram}, Node ${node}; a shared machine: read ratios.`

const texts = throughput.texts.map(({ model, ours, ratios }) => {
  const { rate } = accuracy.models.find(one => one.model === model)
  return [
    `\`${model}\``,
    `${(100 * rate).toFixed(1)} %`,
    times(ours),
    ratios.length > 0 ? `${middle(ratios).toFixed(2)}×` : '–',
  ]
})
const words = accuracy.models[0].words
const textTable = table(
  [
    'model',
    `word errors, ${words} words in ${accuracy.clips.length} clips`,
    'file → text, × real time',
    'beside sherpa-onnx, same model, turns and threads',
  ],
  texts,
)

const readme = readFileSync(at('../README.md'), 'utf8')
const block = `<!-- bench:start -->

${machine}

${textTable}

${memory.results
  .map(
    ({ name, peak }) =>
      `- ${memory.minutes / 60} hours of 48 kHz stereo, ${name}: ${Math.round(peak)} MB of resident memory at most.`,
  )
  .join('\n')}

All of it comes from \`npm run bench\`; more is in [docs/benchmarks.md](docs/benchmarks.md).

<!-- bench:end -->`
const style = await resolveConfig(at('../package.json'))
const write = async (name, text) =>
  writeFileSync(at(name), await format(text, { ...style, parser: 'markdown' }))

await write(
  '../README.md',
  readme.replace(/<!-- bench:start -->[^]*<!-- bench:end -->/, () => block),
)

const stages = table(
  ['stage', '× real time'],
  throughput.stages.map(({ stage, speed }) => [stage, times(speed)]),
)
const delays = table(
  ['while', 'p50', 'p99', 'p99.9', 'max'],
  throughput.delays.map(({ row, p50, p99, p999, max }) => [
    row,
    ...[p50, p99, p999, max].map(ms),
  ]),
)
const peaks = table(
  ['what', 'peak', '× real time'],
  memory.results.map(({ name, peak, speed }) => [
    name,
    `${Math.round(peak)} MB`,
    times(speed),
  ]),
)
const dB = x => (x === undefined ? '–' : `${x.toFixed(1)} dB`)
const resamplers = table(
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
)
await write(
  '../docs/benchmarks.md',
  `# Benchmarks

Written by \`npm run bench -- docs\` from the last results. ${machine}

## Accuracy and speed: \`npm run bench -- accuracy throughput\`

${textTable}

## Stages into a null sink, 48 kHz stereo WAV: \`npm run bench -- throughput\`

${stages}

## Event-loop delay: \`npm run bench -- throughput\`

${delays}

## Resident memory, ${memory.minutes / 60} hours of 48 kHz stereo: \`npm run bench -- memory\`

${peaks}

## Resampling: \`npm run bench -- resampler\`

${resamplers}
`,
)
console.log('written: README.md, docs/benchmarks.md')
