/**
 * Runs what is named, or all: `npm run bench -- resampler`. Suites of
 * `voxpipe bench` are run beside others, and take its options; long checks of
 * this folder are run by name, too. What comes after the names from the first
 * flag on is that of what was named: `npm run bench -- latency --full`. Builds
 * voxpipe, so that what is measured is what is there, and installs what it is
 * measured against, which only `competitors/` depends on.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Checks of this folder; the last ones take long, and run by name only. */
const own = ['server', 'sink', 'memory', 'cues', 'captions']
const long = ['live-hour']
const scripts = { docs: 'write-docs' }
const here = fileURLToPath(new URL('.', import.meta.url))
const competitors = fileURLToPath(new URL('competitors/', import.meta.url))
const root = fileURLToPath(new URL('..', import.meta.url))

const run = (command, args, cwd) => {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' })
  if (status === 0) return
  console.error(`failed: ${command} ${args.join(' ')}`)
  process.exit(status ?? 1)
}

const wrong = problem => {
  console.error(problem)
  process.exit(2)
}

const args = process.argv.slice(2)
const firstFlag = args.findIndex(arg => arg.startsWith('-'))
const names = firstFlag < 0 ? args : args.slice(0, firstFlag)
const flags = firstFlag < 0 ? [] : args.slice(firstFlag)

run('npm', ['run', '--silent', 'build'], root)
if (!existsSync(`${competitors}node_modules`))
  run('npm', ['ci', '--no-audit', '--no-fund'], competitors)

const { suiteNames } = await import('voxpipe/bench')
const known = [...suiteNames, 'all', ...own, ...long, 'docs']
for (const name of names)
  if (!known.includes(name))
    wrong(`no benchmark '${name}'; there are: ${known.join(', ')}`)
const suites = names.filter(name => suiteNames.includes(name) || name === 'all')
const checks = names.filter(name => !suites.includes(name))
if (flags.length > 0 && suites.length > 0 && checks.length > 0)
  wrong(`${flags[0]} belongs to one of '${names.join(' ')}'; run them apart`)
if (flags.length > 0 && checks.length > 1)
  wrong(`${flags[0]} belongs to one of '${checks.join(' ')}'; run them apart`)

// A flag alone is one of the suites: --compare OLD.json
const everything = names.length === 0
const chosen = everything ? ['all'] : suites
if (chosen.length > 0)
  run(process.execPath, [`${here}harness.js`, ...chosen, ...flags], root)
const rest = everything && flags.length === 0 ? [...own, 'docs'] : checks
for (const name of rest)
  run(process.execPath, [`${here}${scripts[name] ?? name}.js`, ...flags], root)
