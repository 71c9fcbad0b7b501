import { captionsTables } from './captions-tables.js'
import { heading, table } from './markdown.js'

/** The chapter of docs/benchmarks.md on captions. */
export const captionsChapter = results => {
  const { live, formats } = results
  const [latency, long, verdicts] = captionsTables(results)
  return `${heading('Captions', results)}

${live.seconds} s of real speech at real time through the local engine. From the moment at which a delta is written to \`LiveCaptions\` until its screen is read, and to a terminal's display until its bytes are written:

${table(latency.head, latency.rows)}

${formats[0].hours} hours of transcript with word times, made of the clips' texts, through \`CaptionFormatter\` into nothing, each in a process of its own: the fastest of three runs and the largest memory. CPU is that of the whole process, from its start on.

${table(long.head, long.rows)}

${table(verdicts.head, verdicts.rows)}`
}
