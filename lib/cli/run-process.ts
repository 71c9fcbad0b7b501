import { constants } from 'node:os'
import { openReporter } from './reporter.ts'
import { outputError } from './cli-error.ts'
import { run, type RunOptions } from './run.ts'
import { signals, Terminal } from './terminal.ts'

/**
 * Runs the command line of this process, and ends the process with its exit
 * code or the signal that interrupted it.
 * @param options not determined by the process
 */
export const runProcess = async (
  options: Pick<RunOptions, 'recognizer' | 'bench'> = {},
): Promise<never> => {
  // Callers handle errors of writes with a callback; this handles others, for
  // example of the help.
  let broken: unknown
  process.stdout.on('error', error => {
    broken = error
  })
  process.stderr.on('error', () => undefined) // it cannot be reported

  let code = await run(process.argv.slice(2), options)
  await new Promise(done => {
    process.stdout.write('', done)
  })
  if (broken !== undefined && code === 0) {
    const error = outputError('to standard output', broken)
    code = error.exitCode
    if (code !== 0) {
      const reporter = await openReporter(new Terminal(), {})
      reporter.error(error)
    }
  }
  // process.exit() would wait for ever for a thread that opens a pipe without a
  // writer; a signal without listeners does not.
  const signal = signals.find(name => code === 128 + constants.signals[name])
  if (signal !== undefined && process.platform !== 'win32') {
    process.emit('exit', code) // for clean-up listeners
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  }
  process.exit(code) // the first process of a container survives the signal
}
