/** Parts of the documents that figures are written to. */

/** A table in Markdown; prettier lines it up. */
export const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows]
    .map(row => `| ${row.join(' | ')} |`)
    .join('\n')

/** What figures were measured on, in a sentence. */
export const machineLine = ({ cpu, cores, memory, node }) =>
  `Measured on ${cores} cores of ${cpu}, ${memory}, Node ${node}; a shared machine: read ratios.`
