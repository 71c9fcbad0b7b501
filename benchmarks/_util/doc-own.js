/** Smaller chapters of docs/benchmarks.md, on checks of this folder. */
import { heading, table } from './markdown.js'

const count = x => (x === null ? '–' : String(Math.round(x)))
const times = x => `${x >= 100 ? Math.round(x) : x.toFixed(1)}×`
const percent = x => `${(100 * x).toFixed(1)} %`
const megabytes = bytes => `${Math.round(bytes / 1e6)} MB`

/** How long the audio was, in words. */
const lengthOf = ({ minutes }) => {
  const [n, unit] =
    minutes % 60 === 0 ? [minutes / 60, 'hour'] : [minutes, 'minute']
  return `${n} ${unit}${n === 1 ? '' : 's'}`
}

/** The chapter on memory. */
export const memoryChapter =
  memory => `${heading(`Resident memory, ${lengthOf(memory)} of 48 kHz stereo`, memory)}

The sum of the most that each process had resident: the command's and its engine's.

${table(
  ['what', 'peak', '× real time'],
  memory.results.map(({ name, peak, speed }) => [
    name,
    `${Math.round(peak)} MB`,
    times(speed),
  ]),
)}`

/** The lines of README.md on memory. */
export const memorySummary = memory =>
  memory.results
    .map(
      ({ name, peak }) =>
        `- ${lengthOf(memory)} of 48 kHz stereo, ${name}: ${Math.round(peak)} MB of resident memory at most. \`${memory.command}\``,
    )
    .join('\n')

/** The chapter on an hour of live speech. */
export const hourChapter = hour => {
  const { minutes, model, wallMs, rows, checks } = hour
  const speed = (minutes * 60_000) / wallMs
  return `${heading('An hour of live speech', hour)}

${Math.round(minutes)} minutes of the clips with pauses, ${model}, as fast as it goes: ${speed.toFixed(1)}× real time.

${table(
  ['from minute', 'memory', 'median error of word ends', 'word errors'],
  rows.map(({ minute, rss, wordEnd, rate }) => [
    count(minute),
    rss === null ? '–' : megabytes(rss),
    wordEnd === null ? '–' : `${count(wordEnd)} ms`,
    percent(rate),
  ]),
)}

${table(
  ['check', 'measured', ''],
  checks.map(({ name, value, met }) => [name, value, met ? 'met' : 'missed']),
)}`
}
