import { heading, table } from './markdown.js'

const seconds = ms => (ms / 1000).toFixed(1)
const shown = ({ start, end, lines }) =>
  `${seconds(start)}–${seconds(end)} ${lines.join(' ⏎ ')}`

/** How many cues are shown side by side. */
const excerpt = 12

/** Which rules the cues of each maker break, and what they look like. */
export const cuesChapter = cues => {
  const { clips, results } = cues
  const rules = [
    ...new Set(results.flatMap(({ findings }) => Object.keys(findings))),
  ].sort((a, b) => a.localeCompare(b))
  return `${heading("Captions beside others'", cues)}

${clips} clips of speech one after another, the same words at the same times for each.
How often the cues break a rule of the \`netflix\` profile, by \`voxpipe captions check\`:

${table(
  ['made by', 'cues', ...rules],
  results.map(({ name, cues, findings }) => [
    name,
    cues.length,
    ...rules.map(rule => findings[rule] ?? 0),
  ]),
)}

Their first ${excerpt}, with times in seconds; ⏎ is the end of a line:

${table(
  results.map(({ name }) => name),
  Array.from({ length: excerpt }, (_, i) =>
    results.map(({ cues }) => (cues[i] ? shown(cues[i]) : '')),
  ),
)}`
}
