import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CommanderError } from 'commander'
import type { Recognizer } from '../recognizers/index.ts'
import type { BenchSetup } from './bench.ts'
import {
  openReporter,
  type CommandContext,
  type Verbosity,
} from './reporter.ts'
import {
  exitCode,
  exitCodeFor,
  usageError,
  type ExitCode,
} from './cli-error.ts'
import type { Options } from './common-options.ts'
import { normalizeArgv, createProgram, type Commands } from './program.ts'
import { Terminal, type TerminalOptions } from './terminal.ts'

/** Options of {@link run}. */
export type RunOptions = TerminalOptions & {
  /**
   * Replaces the embedded engine in `voxpipe FILE`, `demo`, `mic` and `serve`.
   * It is not closed.
   */
  readonly recognizer?: Recognizer
  /** Settings of the `bench` command. */
  readonly bench?: BenchSetup
}

const packageFile = join(import.meta.dirname, '../../package.json')

const needInput = (files: readonly string[]): void => {
  if (files.length === 0)
    throw usageError('no input; name a file, or - for standard input')
}

const commandsWith = (
  open: (options: Verbosity) => Promise<CommandContext>,
  setup: BenchSetup | undefined,
): Commands => ({
  async transcribe(files, options) {
    needInput(files)
    const { transcribeFiles } = await import('./transcribe-files.ts')
    return transcribeFiles(files, options, await open(options))
  },
  async demo(options) {
    const { demo } = await import('./transcribe-files.ts')
    return demo(options, await open(options))
  },
  async mic(options) {
    const { mic } = await import('./transcribe-files.ts')
    return mic(options, await open(options))
  },
  async printModels(options) {
    const { printModels } = await import('./models.ts')
    return printModels(options, await open(options))
  },
  async fetchModel(name, options) {
    const { fetchModelCommand } = await import('./models.ts')
    return fetchModelCommand(name, options, await open(options))
  },
  async doctor(options) {
    const { doctor } = await import('./doctor.ts')
    return doctor(options, await open(options))
  },
  async choose(options) {
    const { choose } = await import('./models.ts')
    return choose(options, await open(options))
  },
  async serve(options) {
    const { serve } = await import('./serve.ts')
    return serve(options, await open(options))
  },
  async bench(suites, options) {
    const { bench } = await import('./bench.ts')
    return bench(suites, options, await open(options), setup)
  },
  async captions(files, options) {
    needInput(files)
    const { convertCaptions } = await import('./captions.ts')
    return convertCaptions(files, options, await open(options))
  },
  async checkCaptions(files, options) {
    needInput(files)
    const { checkCaptions } = await import('./captions.ts')
    return checkCaptions(files, options, await open(options))
  },
})

/**
 * Runs the command line once. Does not end the process or set its exit code,
 * and leaves no listener behind.
 * @param argv the words after the program's name
 */
export const run = async (
  argv: readonly string[],
  { recognizer, bench, ...options }: RunOptions = {},
): Promise<ExitCode> => {
  const { version } = JSON.parse(await readFile(packageFile, 'utf8')) as {
    version: string
  }
  const terminal = new Terminal(options)
  let context: CommandContext | undefined
  const open = async (verbosity: Verbosity): Promise<CommandContext> =>
    (context ??= {
      terminal,
      reporter: await openReporter(terminal, verbosity),
      ...(recognizer && { recognizer }),
    })
  let code: ExitCode = exitCode.ok
  const commands = commandsWith(open, bench)
  const finish = (result: ExitCode): void => {
    code = result
  }
  const program = createProgram(version, commands, finish, terminal)
  try {
    await program.parseAsync(normalizeArgv(argv), { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError)
      // commander has printed it
      return error.exitCode === 0 ? exitCode.ok : exitCode.usage
    const { reporter } = await open(program.opts<Options>())
    reporter.error(error)
    return exitCodeFor(error)
  }
}
