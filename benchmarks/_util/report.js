import { mkdirSync, writeFileSync } from 'node:fs'
import { machineLine, thisMachine } from '../../dist/benchmarks/machine.js'
import { textRows } from '../../dist/benchmarks/report/tables.js'
import { speechFolder, speechIn } from './speech.js'

const machine = await thisMachine()
const speech = await speechIn(speechFolder)

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

/** Variables by which checks of this folder are made shorter. */
const variables = ['MINUTES', 'SECONDS']

/** The command that measures the same again. */
const commandOf = name =>
  [
    ...variables.flatMap(name => {
      const value = process.env[name]
      return value === undefined ? [] : [`${name}=${value}`]
    }),
    `npm run bench -- ${name}`,
    ...process.argv.slice(2),
  ].join(' ')

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
  const command = commandOf(name)
  const all = withMachine({ command, speech, ...results })
  writeFileSync(file, `${JSON.stringify(all, null, 2)}\n`)
  print(`\nwritten: benchmarks/results/${name}.json`)
}
