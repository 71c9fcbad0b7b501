import { CueChecker, type Cue, type CueFinding } from '../index.ts'
import { captionRules, type LookOptions } from './caption-look.ts'
import { readCaptionInput } from './caption-input.ts'
import type { CommandContext } from './command-context.ts'
import {
  CliError,
  endsBatch,
  exitCode,
  exitCodeFor,
  usageError,
  type ExitCode,
} from './exit-code.ts'
import { ClosedOutput } from './output-error.ts'
import { checkInputs } from './plan-jobs.ts'
import { StandardOutput } from './standard-output.ts'
import type { Terminal } from './terminal.ts'
import { oneLine } from './terminal-safe.ts'
import { naming } from './transcribe-job.ts'

/** What the options say of a check. */
export type CheckOptions = LookOptions & {
  readonly format?: string
  readonly output?: string
  readonly outputDir?: string
  readonly language?: string
}

/** A broken rule, with the file and the line of its cue. */
type Finding = { readonly file: string; readonly line: number } & CueFinding

const pad = (value: number, digits = 2): string =>
  String(value).padStart(digits, '0')

const timecode = (ms: number): string => {
  const seconds = Math.floor(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  return `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}:${pad(seconds % 60)},${pad(ms % 1000, 3)}`
}

const asText = ({ file, line, index, start, rule, message }: Finding): string =>
  oneLine(
    `${file}:${line}: cue ${index} ${timecode(start)}: ${rule}: ${message}`,
  )

/** Prints findings, as they come or as one array. */
class FindingPrinter {
  readonly #stdout: StandardOutput
  readonly #format: string
  readonly #all: Finding[] = []

  constructor(context: CommandContext, format: string) {
    this.#stdout = new StandardOutput(context)
    this.#format = format
  }

  async print(findings: readonly Finding[]): Promise<void> {
    this.#all.push(...findings)
    if (this.#format === 'json') return
    const print = this.#format === 'txt' ? asText : JSON.stringify
    const text = findings.map(finding => `${print(finding)}\n`).join('')
    if (text !== '') await this.#stdout.write(text)
  }

  async end(): Promise<void> {
    if (this.#format === 'json')
      await this.#stdout.write(`${JSON.stringify(this.#all, undefined, 2)}\n`)
  }
}

/**
 * What breaks the rules in one file. Cues at once have channels, and would break
 * none; only the voices of one cue are meant to be so.
 */
const findingsIn = async (
  file: string,
  terminal: Terminal,
  checker: CueChecker,
  warn: (message: string) => void,
): Promise<{ cues: number; findings: Finding[] }> => {
  const { cues, events, lineOf } = await readCaptionInput(file, terminal, warn)
  if (events.length > 0)
    throw new CliError(
      exitCode.failed,
      "a transcript has no captions to check; make some with 'voxpipe captions'",
    )
  let before = 0
  const findings = cues.flatMap(({ channel, ...cue }: Cue, i) => {
    const line = lineOf(cues[i]!)
    const isVoice = line === before
    before = line
    const found = isVoice && channel !== undefined ? { ...cue, channel } : cue
    return checker.next(found).map(finding => ({ file, line, ...finding }))
  })
  return { cues: cues.length, findings }
}

/**
 * Lists every rule of a profile that captions break.
 *
 * @returns 1 where there is one
 * @throws CliError where the command line makes no sense
 */
export const checkCaptions = async (
  inputs: readonly string[],
  options: CheckOptions,
  context: CommandContext,
): Promise<ExitCode> => {
  const { terminal, reporter } = context
  const { format = 'txt', output, outputDir, language } = options
  if (!['txt', 'json', 'jsonl'].includes(format))
    throw usageError(`a check is txt, json or jsonl, not '${format}'`)
  if (output !== undefined || outputDir !== undefined)
    throw usageError('a check goes to standard output; leave -o away')
  checkInputs(inputs, 'captions', terminal)
  const rules = captionRules(options)
  const printer = new FindingPrinter(context, format)
  const named = options.profile === undefined ? '' : ` of ${options.profile}`
  let worst: ExitCode = exitCode.ok
  try {
    for (const input of inputs) {
      const checker = new CueChecker(rules, {
        ...(language !== undefined && { language }),
      })
      const warn = (message: string): void =>
        reporter.warn(naming(input, message))
      try {
        const { cues, findings } = await findingsIn(
          input,
          terminal,
          checker,
          warn,
        )
        await printer.print(findings)
        if (findings.length > 0) worst = Math.max(worst, exitCode.failed)
        else
          reporter.note(
            naming(input, `no broken rule${named} in ${cues} cue(s)`),
          )
      } catch (error) {
        if (error instanceof ClosedOutput) throw error
        reporter.error(error, message => naming(input, message))
        worst = Math.max(worst, exitCodeFor(error))
        if (endsBatch(error)) break
      }
    }
    await printer.end()
  } catch (error) {
    if (!(error instanceof ClosedOutput)) throw error
  }
  return worst
}
