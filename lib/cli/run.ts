import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CommanderError } from 'commander'
import {
  exitCode,
  exitCodeFor,
  usageError,
  type ExitCode,
} from './exit-code.ts'
import { normalizeArgv } from './normalize-argv.ts'
import { openReporter } from './open-reporter.ts'
import { createProgram, type Commands, type Options } from './program.ts'

const packageFile = join(import.meta.dirname, '../../package.json')

const needInput = (files: readonly string[]): void => {
  if (files.length === 0)
    throw usageError('no input; name a file, or - for standard input')
}

/** The commands; each loads what it needs when it is called. */
const commands: Commands = {
  async transcribe(files, options) {
    needInput(files)
    const { transcribeFiles } = await import('./transcribe-files.ts')
    return transcribeFiles(files, options, await openReporter(options))
  },
  async demo(options) {
    const { demo } = await import('./demo.ts')
    return demo(options, await openReporter(options))
  },
  async mic(options) {
    const { mic } = await import('./mic.ts')
    return mic(options, await openReporter(options))
  },
  async printModels(options) {
    const { printModels } = await import('./models.ts')
    return printModels(options, await openReporter(options))
  },
  async fetchModel(name, options) {
    const { fetchAhead } = await import('./models.ts')
    return fetchAhead(name, options, await openReporter(options))
  },
  async doctor(options) {
    const { doctor } = await import('./doctor.ts')
    return doctor(options, await openReporter(options))
  },
  async choose(options) {
    const { choose } = await import('./choose.ts')
    return choose(options, await openReporter(options))
  },
  async serve(options) {
    const { serve } = await import('./serve.ts')
    return serve(options, await openReporter(options))
  },
  async bench(suites, options) {
    const { bench } = await import('./bench.ts')
    return bench(suites, options, await openReporter(options))
  },
  async captions(files, options) {
    needInput(files)
    const { convertCaptions } = await import('./captions.ts')
    return convertCaptions(files, options, await openReporter(options))
  },
  async checkCaptions(files, options) {
    needInput(files)
    const { checkCaptions } = await import('./check-captions.ts')
    return checkCaptions(files, options, await openReporter(options))
  },
}

/**
 * Runs the command line.
 *
 * @param argv the words after the program's name
 * @param own what some commands do instead
 */
export const run = async (
  argv: readonly string[],
  own: Partial<Commands> = {},
): Promise<ExitCode> => {
  const { version } = JSON.parse(await readFile(packageFile, 'utf8')) as {
    version: string
  }
  let code: ExitCode = exitCode.ok
  const program = createProgram(version, { ...commands, ...own }, result => {
    code = result
  })
  try {
    await program.parseAsync(normalizeArgv(argv), { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError)
      // it has spoken already
      return error.exitCode === 0 ? exitCode.ok : exitCode.usage
    const verbosity = program.opts<Options>()
    const reporter = await openReporter(verbosity)
    reporter.error(error)
    return exitCodeFor(error)
  }
}
