import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/**
 * Runs one case in a process of its own, so that no case warms up, deoptimises
 * or fills the memory of another. The child gets `input` as its argument and
 * prints its answer, both in JSON.
 *
 * @param {URL} script
 * @param {object} input
 * @returns {Promise<any>} what the child printed
 */
export const runCase = async (script, input) => {
  const child = spawn(
    process.execPath,
    [fileURLToPath(script), JSON.stringify(input)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [output, [code]] = await Promise.all([
    text(child.stdout),
    once(child, 'close'),
  ])
  if (code !== 0)
    throw new Error(`case ${JSON.stringify(input)} ended with code ${code}`)
  return JSON.parse(output)
}

/** Runs as a child of {@link runCase}: answers what it was asked. */
export const answerCase = async answer => {
  const result = await answer(JSON.parse(process.argv[2]))
  process.stdout.write(JSON.stringify(result))
}
