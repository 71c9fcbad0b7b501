/**
 * How late live captions are behind the deltas they are made of, in a real run
 * of the local engine; and how long ten hours of transcript take to become
 * captions, and how much memory. `SECONDS=20 npm run bench -- captions` is live
 * for a shorter while.
 */
import { captionsTables } from './_util/captions-tables.js'
import { runCase } from './_util/child.js'
import { printHead, printTable, writeResults } from './_util/report.js'

const script = new URL('captions-case.js', import.meta.url)
const seconds = Number(process.env.SECONDS ?? 45)
const hours = 10
const rounds = 3

const formats = []
for (const row of [
  { format: 'srt', profile: 'netflix', deltas: false },
  { format: 'vtt', profile: 'live', deltas: false },
  { format: 'vtt', profile: 'live', deltas: true },
]) {
  const runs = []
  for (let round = 0; round < rounds; round++)
    runs.push(await runCase(script, { what: 'format', hours, ...row }))
  const seconds = Math.min(...runs.map(run => run.seconds))
  const peak = Math.max(...runs.map(run => run.peak))
  formats.push({ ...runs.find(run => run.seconds === seconds), peak })
}
const live = await runCase(script, { what: 'live', seconds })

const slowest = Math.max(...formats.map(row => row.seconds))
const largest = Math.max(...formats.map(row => row.peak))
const verdicts = [
  ['delta → screen, ms, max', 100, live.screen.max],
  ['delta → terminal, ms, max', 100, live.terminal.max],
  [`${hours} hours, s`, 5, slowest],
  [`${hours} hours, MB`, 200, largest],
].map(([name, limit, value]) => ({ name, limit, value, met: value < limit }))

const results = { live, formats, verdicts }
printHead('Captions')
for (const { head, rows } of captionsTables(results)) {
  printTable(head, rows)
  console.log()
}
writeResults('captions', results)
