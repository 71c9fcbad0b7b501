import { mkdirSync, writeFileSync } from 'node:fs'
import { machineLine, thisMachine } from '../../dist/bench/machine.js'
import { textRows } from '../../dist/bench/tables.js'

const machine = await thisMachine()

/**
 * Prints rows of text in columns; the first one lines up left, the others
 * right.
 *
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 * @param {(line: string) => void} [print]
 */
export const printTable = (head, rows, print = console.log) =>
  print(textRows({ head, rows }).trimEnd())

/** Prints a title and the line that says where and what was measured. */
export const printHead = (title, print = console.log) => {
  print(`\n${title}`)
  print(`${machineLine(machine)}\n`)
}

/** Results with the date and the machine they are of. */
export const withMachine = results => ({
  date: new Date().toISOString(),
  machine,
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
