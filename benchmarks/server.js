/**
 * What the server adds: the same clips, played in real time, to the engine in
 * the process that plays them, and to `voxpipe serve` in another by
 * RealtimeTranscriber. Every word and every turn is compared with itself, so
 * that what the engine takes is taken off.
 *
 *   --model tiny|base   which recogniser                    (default: tiny)
 *   --rounds N          each clip so often, the ways in turn  (default: 3)
 *   --check             exit code 1 where the stated limit is missed
 */
import { parseArgs } from 'node:util'
import { loadClips } from '../dist/benchmarks/clips.js'
import { distributionOf } from '../dist/benchmarks/statistics.js'
import { runCase } from '../dist/benchmarks/run-case.js'
import { printHead, printTable, writeResults } from './_util/report.js'
import { speechFolder } from './_util/speech.js'

const limitMs = 15
/** How a client may use the server: who finds the turns. */
const serverWays = ['server_vad', 'local_vad']
const { signal } = new AbortController()
const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'tiny' },
    rounds: { type: 'string', default: '3' },
    check: { type: 'boolean', default: false },
  },
})
const { model, check } = values
const rounds = Number(values.rounds)
const clips = await loadClips({ data: speechFolder, signal })

/** Delays of a run by what they are of, in ms. */
const delaysOf = ({ clips }) => {
  const words = new Map()
  const ends = new Map()
  const texts = new Map()
  for (const clip of clips) {
    for (const { word, end, ms, from } of clip.words)
      if (from === 'delta') words.set(`${clip.id} ${word} ${end}`, ms)
    for (const { end, ms } of clip.ends) ends.set(`${clip.id} ${end}`, ms)
    const finals = clip.events.filter(({ type }) => type === 'final')
    texts.set(clip.id, finals.map(({ text }) => text).join(' '))
  }
  return { words, ends, texts }
}

/** What is later, pair by pair. */
const later = (theirs, ours) =>
  [...theirs]
    .filter(([key]) => ours.has(key))
    .map(([key, ms]) => ms - ours.get(key))

const rows = serverWays.map(way => ({
  way,
  words: [],
  ends: [],
  otherTexts: 0,
  clips: 0,
}))
for (let round = 1; round <= rounds; round++) {
  console.error(`round ${round} of ${rounds} …`)
  const run = async one =>
    delaysOf(
      await runCase(
        'latency-live',
        { model, streams: 1, clips, ...one },
        { onLine: line => console.error(line), signal },
      ),
    )
  const alone = await run({ engine: 'local', latency: 'balanced' })
  for (const row of rows) {
    const served = await run({
      engine: 'competitor',
      module: new URL(`_util/server-live.js?way=${row.way}`, import.meta.url)
        .href,
    })
    row.words.push(...later(served.words, alone.words))
    row.ends.push(...later(served.ends, alone.ends))
    for (const [id, text] of served.texts) {
      row.clips++
      if (text !== alone.texts.get(id)) row.otherTexts++
    }
  }
}

const results = rows.map(({ words, ends, ...row }) => ({
  ...row,
  words: distributionOf(words),
  ends: distributionOf(ends),
}))
const show = x => (x === null ? '–' : x.toFixed(1))
printHead(`What the server adds, in ms: moonshine-${model}, ${rounds} rounds`)
printTable(
  ['turns by', 'word → delta', 'p95', 'end → final', 'p95', 'n', 'other texts'],
  results.map(({ way, words, ends, otherTexts, clips }) => [
    way,
    show(words.p50),
    show(words.p95),
    show(ends.p50),
    show(ends.p95),
    `${words.n}, ${ends.n}`,
    `${otherTexts} of ${clips}`,
  ]),
)
const worst = Math.max(
  ...results.flatMap(({ words, ends }) => [words.p50, ends.p50]),
)
console.log(
  `\nadded at p50: ${show(worst)} ms at most, limit ${limitMs}: ${worst <= limitMs ? 'met' : 'MISSED'}`,
)
writeResults('server', { model, rounds, limitMs, worst, rows: results })
if (check && worst > limitMs) process.exitCode = 1
