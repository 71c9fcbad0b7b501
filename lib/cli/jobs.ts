import type { Stats } from 'node:fs'
import { basename, join, parse, sep } from 'node:path'
import type { CaptionFormat } from '../index.ts'
import { captionFormats, extensionOf } from '../captions/index.ts'
import {
  ClosedOutput,
  endsBatch,
  exitCode,
  usageError,
  type ExitCode,
} from './cli-error.ts'
import {
  makeFolder,
  partialPath,
  statOf,
  type StandardOutput,
} from './destination.ts'
import type { Reporter } from './reporter.ts'
import type { Terminal } from './terminal.ts'

/** A format of captions, or `hls`: many files in a folder. */
type OutputFormat = CaptionFormat | 'hls'

/** A format of a transcript and its file; standard output without one. */
export type Target = {
  readonly format: OutputFormat
  readonly path?: string
  /** Whether it is a device or a pipe, which is written in place. */
  readonly direct?: boolean
}

export type Job = {
  /** A path, or `-`. */
  readonly input: string
  readonly targets: readonly Target[]
}

/** Formats that are useful without times of words. */
const untimed = new Set<OutputFormat>(['txt', 'md', 'json', 'jsonl'])

/** Whether a target is captions, which need times. */
export const needsTimes = ({ targets }: Job): boolean =>
  targets.some(({ format }) => !untimed.has(format))

type InputKind = 'audio' | 'captions'

export type JobRequest = {
  readonly inputs: readonly string[]
  /** @default 'audio' */
  readonly kind?: InputKind
  /**
   * Format if neither `-f` nor a file's name selects one.
   * @default 'txt'
   */
  readonly defaultFormat?: CaptionFormat
  /** Value of `-f`. */
  readonly format?: string | undefined
  /** Value of `-o`. */
  readonly output?: string | undefined
  /** Value of Whisper's `--output_dir`: always a folder. */
  readonly outputDir?: string | undefined
}

const isFormat = (word: string): word is OutputFormat =>
  word === 'hls' || (captionFormats as string[]).includes(word)

const extensionFor = (format: OutputFormat): string =>
  format === 'hls' ? 'm3u8' : extensionOf(format)

/** Formats of `-f`, of the output file's name, or the default. */
const chooseFormats = ({
  format,
  output,
  defaultFormat = 'txt',
}: JobRequest): readonly OutputFormat[] => {
  if (format === undefined) {
    const extension = parse(output ?? '')
      .ext.slice(1)
      .toLowerCase()
    const named = captionFormats.find(name => extensionOf(name) === extension)
    return [named ?? defaultFormat]
  }
  const names = new Set(
    format.split(',').map(name => name.trim().toLowerCase()),
  )
  if (names.has('all'))
    return names.has('hls') ? [...captionFormats, 'hls'] : captionFormats
  return [...names].map(name => {
    if (isFormat(name)) return name
    throw usageError(
      `there is no format '${name}'; use ${captionFormats.join(', ')}, hls or all`,
    )
  })
}

/** Commands to suggest if an input cannot be read. */
const pipeHints: Record<
  InputKind,
  { readonly url: string; readonly stdin: string }
> = {
  audio: {
    url: "pipe the audio instead: 'curl -L URL | voxpipe -' or 'ffmpeg -i URL -f wav - | voxpipe -'",
    stdin: "pipe audio into it: 'voxpipe - < talk.mp3'",
  },
  captions: {
    url: "pipe the captions instead: 'curl -L URL | voxpipe captions -'",
    stdin: "pipe captions into it: 'voxpipe captions - < talk.srt'",
  },
}

/** @throws CliError if a name is unusable */
export const checkInputs = (
  inputs: readonly string[],
  kind: InputKind,
  terminal: Pick<Terminal, 'stdin'>,
): void => {
  for (const input of inputs) {
    if (input === '')
      throw usageError(
        'the name of an input is empty; name a file, or - for standard input',
      )
    if (/^file:\/\//i.test(input))
      throw usageError('inputs are paths; omit file://')
    if (/^[a-z][a-z\d+.-]*:\/\//i.test(input))
      throw usageError(`voxpipe does not open URLs; ${pipeHints[kind].url}`)
    if (input === '-' && terminal.stdin.isTTY)
      throw usageError(`standard input is a terminal; ${pipeHints[kind].stdin}`)
  }
  if (inputs.filter(input => input === '-').length > 1)
    throw usageError('standard input can only be read once; give - only once')
}

/** Returns names without extension that differ on every file system. */
const uniqueNames = (inputs: readonly string[]): string[] => {
  const natural = inputs.map(input =>
    input === '-' ? 'stdin' : parse(input).name,
  )
  const same = (name: string): string => name.toLowerCase()
  // No result may have the name of another's incomplete file.
  const needs = (name: string): string[] => [name, `${name}.partial`].map(same)
  const taken = new Set<string>()
  const naturals = new Set(natural.map(same))
  return natural.map(name => {
    let unique = name
    const isTaken = (): boolean => needs(unique).some(one => taken.has(one))
    const isNatural = (): boolean =>
      needs(unique).some(one => naturals.has(one))
    for (let n = 2; isTaken() || (unique !== name && isNatural()); n++)
      unique = `${name}-${n}`
    for (const one of needs(unique)) taken.add(one)
    return unique
  })
}

const inFolder = async (
  folder: string,
  inputs: readonly string[],
  formats: readonly OutputFormat[],
): Promise<Job[]> => {
  await makeFolder(folder)
  const names = uniqueNames(inputs)
  return inputs.map((input, index) => ({
    input,
    targets: formats.map(format => ({
      format,
      path: join(folder, `${names[index]}.${extensionFor(format)}`),
    })),
  }))
}

const inFile = async (
  path: string,
  input: string,
  format: OutputFormat,
): Promise<Job> => {
  const there = await statOf(path)
  const direct = there !== undefined && !there.isFile()
  return { input, targets: [{ format, path, direct }] }
}

const refuseOverwrite = async (jobs: readonly Job[]): Promise<void> => {
  const inputs = await Promise.all(jobs.map(({ input }) => statOf(input)))
  const isInput = (there: Stats): boolean =>
    inputs.some(i => i?.ino === there.ino && i.dev === there.dev)
  for (const { path, direct } of jobs.flatMap(({ targets }) => targets)) {
    if (path === undefined || direct) continue
    const there = await statOf(path)
    if (there?.isFile() && isInput(there))
      throw usageError(`${path} is an input; write elsewhere with -o`)
    const partial = partialPath(path)
    const begun = await statOf(partial)
    if (begun && isInput(begun))
      throw usageError(
        `${partial} is an input, but ${path} is written under that name until it is complete; write elsewhere with -o`,
      )
  }
}

const toStdout = (
  inputs: readonly string[],
  formats: readonly OutputFormat[],
): Job[] => {
  if (formats.length > 1)
    throw usageError('several formats need a folder; name it with -o FOLDER/')
  return inputs.map(input => ({
    input,
    targets: formats.map(format => ({ format })),
  }))
}

const isFolder = async (path: string): Promise<boolean> =>
  path.endsWith('/') ||
  path.endsWith(sep) ||
  (await statOf(path))?.isDirectory() === true

/**
 * Determines the outputs of every input, before any work is done.
 * @throws CliError for wrong usage
 */
export const planJobs = async (
  request: JobRequest,
  terminal: Pick<Terminal, 'stdin'>,
): Promise<Job[]> => {
  const { inputs, kind = 'audio', output, outputDir } = request
  checkInputs(inputs, kind, terminal)
  if (output !== undefined && outputDir !== undefined)
    throw usageError('-o and --output-dir cannot be combined; use one of them')
  if (output === '' || outputDir === '')
    throw usageError('the name of the output is empty; name a file or a folder')
  const formats = chooseFormats(request)
  const path = output ?? outputDir
  const isFiles = path !== undefined && output !== '-'
  const isInFolder =
    isFiles && (outputDir !== undefined || (await isFolder(path)))
  if (!isInFolder && formats.includes('hls'))
    throw usageError(
      'hls writes many files, which need a folder; name it with -o FOLDER/',
    )
  if (!isFiles) return toStdout(inputs, formats)
  let jobs: Job[]
  if (isInFolder) jobs = await inFolder(path, inputs, formats)
  else if (inputs.length === 1 && formats.length === 1)
    jobs = [await inFile(path, inputs[0]!, formats[0]!)]
  else
    throw usageError(
      `${path} can hold only one result, but there are several; add / at the end to write into a folder`,
    )
  await refuseOverwrite(jobs)
  return jobs
}

/** The result of a job. */
export type JobResult = {
  readonly exitCode: ExitCode
  readonly error?: unknown
}

export const displayName = (input: string): string =>
  input === '-' ? 'standard input' : basename(input)

/** Puts an input's name before a message that does not start with it. */
export const withInputName = (input: string, message: string): string =>
  message.startsWith(`${input}:`)
    ? message
    : `${displayName(input)}: ${message}`

/** Exit code of all jobs: the one they share, or that of what stopped them. */
const overallExitCode = (
  results: readonly JobResult[],
  jobs: readonly Job[],
): ExitCode => {
  const last = results.at(-1)!
  if (last.error instanceof ClosedOutput)
    return results.every(result => result.exitCode === exitCode.ok)
      ? exitCode.ok
      : exitCode.incomplete
  if (jobs.length === 1 || results.length < jobs.length) return last.exitCode
  if (last.exitCode > 128) return last.exitCode // a signal, at the last input
  const codes = new Set(results.map(result => result.exitCode))
  if (codes.size === 1) return last.exitCode
  const nothing = results.every(
    ({ exitCode: code, error }) =>
      error !== undefined && code !== exitCode.incomplete,
  )
  return nothing ? exitCode.failed : exitCode.incomplete
}

/** Closes standard output; returns whether its reader had closed it. */
const wasClosed = async (
  stdout: StandardOutput,
  results: readonly JobResult[],
): Promise<boolean> => {
  if (results.some(({ error }) => error instanceof ClosedOutput)) return true
  try {
    await stdout.close()
    return false
  } catch (error) {
    if (error instanceof ClosedOutput) return true
    throw error
  }
}

/** Reports how many jobs succeeded, unless all did. */
const summarize = (
  results: readonly JobResult[],
  jobs: readonly Job[],
  reporter: Reporter,
): void => {
  const failed = jobs.filter((_, index) => results[index]?.error !== undefined)
  const undone = jobs.length - results.length
  if (jobs.length === 1 || failed.length + undone === 0) return
  const rest = undone > 0 ? `; ${undone} not started` : ''
  const names = failed.map(({ input }) => input).join(', ')
  reporter.summary(
    `${results.length - failed.length} of ${jobs.length} inputs done${names && `; failed: ${names}`}${rest}`,
  )
}

/**
 * Runs jobs one after another, until an error or a signal stops them.
 * @returns the exit code of all
 */
export const runJobs = async (
  jobs: readonly Job[],
  stdout: StandardOutput,
  reporter: Reporter,
  runJob: (job: Job) => Promise<JobResult>,
  isInterrupted = (): boolean => false,
): Promise<ExitCode> => {
  const results: JobResult[] = []
  for (const job of jobs) {
    const result = await runJob(job)
    results.push(result)
    if (isInterrupted()) break
    if (result.error !== undefined && endsBatch(result.error)) break
  }
  if (!(await wasClosed(stdout, results))) summarize(results, jobs, reporter)
  return overallExitCode(results, jobs)
}
