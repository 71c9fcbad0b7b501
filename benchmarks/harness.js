/** The suites of `voxpipe bench`, beside others, on what is in this folder. */
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../dist/cli/run.js'
import { competitors } from './competitors/index.js'

const path = name => fileURLToPath(new URL(name, import.meta.url))

const setup = {
  program: 'npm run bench --',
  output: relative('', path('results')),
  competitors,
}

process.exitCode = await run(['bench', ...process.argv.slice(2)], {
  bench: setup,
})
