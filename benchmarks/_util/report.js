import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, release, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

const git = (...args) =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()

const revision = () => {
  try {
    return git('rev-parse', '--short', 'HEAD')
  } catch {
    return 'no git'
  }
}

/** What the figures were measured on. */
export const machine = () => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
  system: `${process.platform} ${process.arch} ${release()}`,
  node: process.version,
  revision: revision(),
})

/**
 * Prints rows of text in columns as wide as what is in them; the first one
 * lines up left, the others right.
 *
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 * @param {(line: string) => void} [print]
 */
export const printTable = (head, rows, print = console.log) => {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map(row => row[column].length)),
  )
  const line = row =>
    row
      .map((cell, column) =>
        column === 0
          ? cell.padEnd(widths[column])
          : cell.padStart(widths[column]),
      )
      .join('  ')
  print(line(head))
  print(widths.map(width => '-'.repeat(width)).join('  '))
  for (const row of rows) print(line(row))
}

/** Prints a title and the line that says where and what was measured. */
export const printHead = (title, print = console.log) => {
  const { cpu, cores, memory, system, node, revision } = machine()
  print(`\n${title}`)
  print(
    `${cpu}, ${cores} cores, ${memory}, ${system}, Node ${node}, revision ${revision}\n`,
  )
}

/** Results with the date and the machine they are of. */
export const withMachine = results => ({
  date: new Date().toISOString(),
  machine: machine(),
  ...results,
})

/**
 * Writes what a benchmark found to results/NAME.json.
 *
 * @param {string} name
 * @param {object} results
 * @param {(line: string) => void} [print]
 */
export const writeResults = (name, results, print = console.log) => {
  const folder = new URL('../results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const file = new URL(`${name}.json`, folder)
  const all = withMachine(results)
  writeFileSync(file, `${JSON.stringify(all, null, 2)}\n`)
  print(`\nwritten: benchmarks/results/${name}.json`)
}
