/** Parts of the documents that figures are written to. */

/** A table in Markdown; prettier lines it up. */
export const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows]
    .map(row => `| ${row.join(' | ')} |`)
    .join('\n')

/** What figures were measured on, in some words. */
export const machineText = ({ cpu, cores, memory, node, revision }) =>
  [
    `${cores} cores of ${cpu}`,
    memory,
    `Node ${node}`,
    ...(revision ? [`revision ${revision}`] : []),
  ].join(', ')

/** Parts with an empty line between them, without those that are missing. */
export const join = parts => parts.filter(Boolean).join('\n\n')

/** A heading of a check of this folder, with where its figures are from. */
export const heading = (title, { command, date, machine }) =>
  `## ${title}

By \`${command}\`, ${date.slice(0, 10)}, on ${machineText(machine)}.`
