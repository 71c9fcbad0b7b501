import { constants } from 'node:os'
import { openReporter } from './command-context.ts'
import { outputError } from './output-error.ts'
import { run, type RunOptions } from './run.ts'
import { signals, Terminal } from './terminal.ts'

/**
 * Runs the command line of this process, and ends the process with the
 * command's exit code, or by the signal that interrupted it.
 *
 * @param options those that are not the process's own
 */
export const runProcess = async (
  options: Pick<RunOptions, 'recognizer' | 'bench'> = {},
): Promise<never> => {
  // Whoever writes receives errors by the write's callback. What is printed
  // without one, such as the help, is looked after here.
  let broken: unknown
  process.stdout.on('error', error => {
    broken = error
  })
  process.stderr.on('error', () => undefined) // there is nowhere to report it

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
  // An orderly exit waits for ever for a thread that is opening a pipe to which
  // nobody writes; a signal that nothing listens to does not.
  const signal = signals.find(name => code === 128 + constants.signals[name])
  if (signal !== undefined && process.platform !== 'win32') {
    process.emit('exit', code) // whoever has something to clean up listens
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  }
  process.exit(code) // also after the signal: the first process of a container survives it
}
