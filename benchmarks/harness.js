/** The suites of `voxpipe bench`, beside others, on what is in this folder. */
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bench } from '../dist/cli/bench.js'
import { openReporter } from '../dist/cli/open-reporter.js'
import { run } from '../dist/cli/run.js'
import { competitors } from './competitors/index.js'

const path = name => fileURLToPath(new URL(name, import.meta.url))

const setup = {
  program: 'npm run bench --',
  output: relative('', path('results')),
  competitors,
}

process.exitCode = await run(['bench', ...process.argv.slice(2)], {
  bench: async (names, options) =>
    bench(names, options, await openReporter(options), setup),
})
