#!/usr/bin/env node
import { constants } from 'node:os'
import { signals } from './interrupt.ts'
import { openReporter } from './open-reporter.ts'
import { outputError } from './output-error.ts'
import { run } from './run.ts'

// Whoever writes hears of errors by the write's callback. What is printed
// without one, such as the help, is looked after here.
let broken: unknown
process.stdout.on('error', error => {
  broken = error
})
process.stderr.on('error', () => undefined) // there is nowhere to tell

let code = await run(process.argv.slice(2))
await new Promise(done => {
  process.stdout.write('', done)
})
if (broken !== undefined && code === 0) {
  const error = outputError('to standard output', broken)
  code = error.exitCode
  if (code !== 0) {
    const reporter = await openReporter({})
    reporter.error(error)
  }
}
// An orderly exit waits for ever for a thread that is opening a pipe to which
// nobody writes; a signal that nothing listens to does not.
const signal = signals.find(name => code === 128 + constants.signals[name])
if (signal !== undefined && process.platform !== 'win32') {
  process.emit('exit', code) // whoever has something to clean up listens
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}
process.exit(code) // also after the signal: the first process of a container survives it
