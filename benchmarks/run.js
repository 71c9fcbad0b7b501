/**
 * Runs the named benchmarks, or all: `npm run bench -- resampler`. What comes
 * after a name from the first flag on is that benchmark's own:
 * `npm run bench -- latency --json`. Builds voxpipe, so that what is measured
 * is what is there, and installs what it is measured against, which only this
 * folder depends on.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const all = [
  'accuracy',
  'throughput',
  'latency',
  'server',
  'resampler',
  'memory',
  'cues',
  'captions',
  'docs',
]
/** Those that take long: only by name. */
const long = ['live-hour']
const scripts = { docs: 'write-docs' }
const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('..', import.meta.url))

const run = (command, args, cwd) => {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' })
  if (status !== 0) {
    console.error(`failed: ${command} ${args.join(' ')}`)
    process.exit(1)
  }
}

const args = process.argv.slice(2)
const firstFlag = args.findIndex(arg => arg.startsWith('-'))
const names = firstFlag < 0 ? args : args.slice(0, firstFlag)
const flags = firstFlag < 0 ? [] : args.slice(firstFlag)
const known = [...all, ...long]
for (const name of names)
  if (!known.includes(name)) {
    console.error(`no benchmark '${name}'; there are: ${known.join(', ')}`)
    process.exit(2)
  }
if (flags.length > 0 && names.length !== 1) {
  console.error(`${flags[0]} belongs to one benchmark: name it first`)
  process.exit(2)
}

run('npm', ['run', '--silent', 'build'], root)
if (!existsSync(`${here}node_modules`))
  run('npm', ['ci', '--no-audit', '--no-fund'], here)
for (const name of names.length > 0 ? names : all)
  run(process.execPath, [`${here}${scripts[name] ?? name}.js`, ...flags], root)
