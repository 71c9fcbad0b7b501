/**
 * How late live transcription is, and how right, on clips played in real time:
 * this package at each of its settings, with more and more streams at once,
 * sherpa-onnx with the same model on the same turns, and OpenAI, live and with
 * files, where OPENAI_API_KEY is set (OPENAI_BASE_URL is honoured).
 *
 *   --engine local,sherpa,openai   which engines
 *   --latency low,balanced,…       which settings of ours, at one stream
 *   --streams 1,2,4,8              how many at once, for the default setting
 *                                  or those of --latency
 *   --model tiny|base              which recogniser, but for OpenAI
 *   --data DIR                     other clips: a folder with a manifest.json
 *   --json                         JSON on stdout, tables on stderr
 *   --check                        exit code 1 where a stated limit is missed
 *
 * Results are kept in results/ when none of the first five is given.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { latencies } from '../dist/index.js'
import { runCase } from './_util/child.js'
import { silenceMs } from './_util/live-engines.js'
import {
  printCosts,
  printCounts,
  printFiles,
  printMain,
  printSpreads,
} from './_util/latency-tables.js'
import { openaiModels, otherService, whyNoOpenAI } from './_util/openai-live.js'
import {
  latencyTargets,
  problemOf,
  published,
} from './_util/latency-targets.js'
import {
  printHead,
  printTable,
  withMachine,
  writeResults,
} from './_util/report.js'

const usual = 'balanced'
const script = new URL('latency-case.js', import.meta.url)
const fileScript = new URL('file-latency-case.js', import.meta.url)

const { values } = parseArgs({
  options: {
    engine: { type: 'string' },
    latency: { type: 'string' },
    streams: { type: 'string' },
    model: { type: 'string' },
    data: { type: 'string' },
    json: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
  },
})
const { model, data, json, check } = values
const print = json ? line => console.error(line) : line => console.log(line)

const fail = message => {
  console.error(message)
  process.exit(2)
}

const listOf = (name, known) => {
  const list = values[name]?.split(',')
  for (const item of list ?? [])
    if (!known(item)) fail(`--${name}: '${item}' is none`)
  return list
}

const settings = listOf('latency', name => latencies.includes(name))
const counts = listOf('streams', n => /^[1-9]\d?$/.test(n))?.map(Number)

const localCases = () => {
  const each = (settings, counts) =>
    settings.flatMap(latency =>
      counts.map(streams => ({ engine: 'local', latency, streams })),
    )
  if (settings || counts) return each(settings ?? [usual], counts ?? [1])
  return [...each(latencies, [1]), ...each([usual], [2, 4, 8])]
}

const perEngine = {
  local: localCases,
  sherpa: () => (counts ?? [1]).map(streams => ({ engine: 'sherpa', streams })),
  openai: () =>
    openaiModels.live.flatMap(model =>
      (counts ?? [1]).map(streams => ({ engine: 'openai', model, streams })),
    ),
}

const engines = listOf('engine', name => name in perEngine)
const chosen = engines ?? Object.keys(perEngine)
const noOpenAI = chosen.includes('openai') ? whyNoOpenAI() : undefined
if (noOpenAI) print(`openai: not measured: ${noOpenAI}`)
const measured = chosen.filter(engine => engine !== 'openai' || !noOpenAI)
if (measured.length === 0) process.exit()
const withOpenAI = measured.includes('openai')
const elsewhere = withOpenAI ? await otherService() : undefined

const cases = measured
  .flatMap(engine => perEngine[engine]())
  .map(one => ({ ...(model && { model }), ...one, ...(data && { data }) }))

const nameOf = ({ engine, latency, streams = 1 }, model) =>
  [
    engine === 'local' ? latency : engine,
    model,
    engine === 'openai' && elsewhere,
    streams > 1 && `× ${streams}`,
  ]
    .filter(Boolean)
    .join(' ')

const rows = []
const failures = []
/** A service may fail, and the others are measured all the same. */
const attempt = async (script, one, name) => {
  console.error(`${name} …`)
  try {
    return await runCase(script, one)
  } catch (error) {
    if (one.engine !== 'openai') throw error
    failures.push({ name, problem: error.message })
  }
}

for (const one of cases) {
  const result = await attempt(script, one, nameOf(one, one.model))
  if (!result) continue
  if (result.missing) {
    print(`${one.engine}: not installed`)
    continue
  }
  const name = nameOf(one, result.model.replace('moonshine-', ''))
  const problem = problemOf(result)
  if (problem) failures.push({ name, problem })
  else rows.push({ name, ...one, ...result })
}

const files = []
for (const model of withOpenAI ? openaiModels.files : []) {
  const one = { engine: 'openai', model, ...(data && { data }) }
  const name = nameOf(one, model)
  const result = await attempt(fileScript, one, `${name}, files`)
  if (result) files.push({ name, ...result })
}

printHead(
  `Live transcription: p50 / p95 in ms; turns end after ${silenceMs} ms of silence`,
  print,
)
printMain(rows, print)
print('\nDistributions, in ms (percentiles interpolated between values)')
printSpreads(rows, print)
print('\nErrors, turns, word times (bias: ends late are positive, ms)')
printCounts(rows, print)
print('\nCost, and how well the source kept its time')
printCosts(rows, print)
if (files.length > 0) {
  print('\nFiles, sent at once with stream: true; ms since then, by file')
  printFiles(files, print)
}
print('\nend → final as published by others, not measured here')
printTable(
  ['service', 'p50', 'p95'],
  published.map(({ name, p50, p95 }) => [name, String(p50), String(p95)]),
  print,
)

const main = rows.find(
  ({ engine, latency, streams }) =>
    engine === 'local' && latency === usual && streams === 1,
)
const verdicts = main
  ? latencyTargets.map(({ name, limit, of }) => ({ name, limit, ...of(main) }))
  : []
if (main) {
  print(`\nWhat the default setting (${usual}) must reach`)
  const show = value =>
    typeof value === 'number' ? value.toFixed(1) : String(value ?? '–')
  printTable(
    ['figure', 'limit', 'measured', ''],
    verdicts.map(({ name, limit, value, met }) => [
      name,
      String(limit),
      show(value),
      met ? 'met' : 'MISSED',
    ]),
    print,
  )
}
for (const { name, problem } of failures) print(`\nfailed: ${name}: ${problem}`)

const results = {
  silenceMs,
  rows: rows.map(({ clips, ...row }) => ({
    ...row,
    clips: clips.map(({ id }) => id),
  })),
  files,
  failures,
  verdicts,
  published,
}
const whole = !engines && !settings && !counts && !model && !data
if (whole && failures.length === 0) {
  // Every event and every delay, a line a clip, for charts.
  const folder = new URL('results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const lines = rows.flatMap(({ name, clips }) =>
    clips.map(clip => JSON.stringify({ row: name, ...clip })),
  )
  writeFileSync(
    new URL('latency-events.jsonl', folder),
    `${lines.join('\n')}\n`,
  )
  writeResults('latency', results, print)
}
if (json) console.log(JSON.stringify(withMachine(results), null, 2))

if (check && !main) fail('--check needs the default setting at one stream')
const missed = check && verdicts.some(({ met }) => !met)
if (missed || failures.length > 0) process.exitCode = 1
