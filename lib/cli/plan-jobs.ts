import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join, parse, sep } from 'node:path'
import { captionFormats, extensionOf, type CaptionFormat } from '../index.ts'
import { partialPath } from './destination.ts'
import { usageError } from './exit-code.ts'
import { makeFolder } from './make-folder.ts'
import type { Terminal } from './terminal.ts'

/** A format of captions, or `hls`, which is many files in a folder. */
export type OutputFormat = CaptionFormat | 'hls'

/** One format of a transcript, and the file for it; none is stdout. */
export type Target = {
  readonly format: OutputFormat
  readonly path?: string
  /** Written as it is, for it is a device or a pipe. */
  readonly direct?: boolean
}

/** One input with the outputs that it is to have. */
export type Job = {
  /** A path, or `-`. */
  readonly input: string
  readonly targets: readonly Target[]
}

/** Formats for readers and programs, which can do without times of words. */
const untimed = new Set<OutputFormat>(['txt', 'md', 'json', 'jsonl'])

/** Whether some of it is captions, which are of no use without times. */
export const needsTimes = ({ targets }: Job): boolean =>
  targets.some(({ format }) => !untimed.has(format))

/** What inputs are of. */
export type InputKind = 'audio' | 'captions'

/** What the command line says of inputs and outputs. */
export type JobRequest = {
  readonly inputs: readonly string[]
  /** @default 'audio' */
  readonly kind?: InputKind
  /** The format where neither `-f` nor a file's name tells. @default 'txt' */
  readonly fallback?: CaptionFormat
  /** As given to `-f`. */
  readonly format?: string | undefined
  /** As given to `-o`. */
  readonly output?: string | undefined
  /** As given to Whisper's `--output_dir`: always a folder. */
  readonly outputDir?: string | undefined
}

/** Whether a word names a format. */
const isFormat = (word: string): word is OutputFormat =>
  word === 'hls' || (captionFormats as string[]).includes(word)

const extensionFor = (format: OutputFormat): string =>
  format === 'hls' ? 'm3u8' : extensionOf(format)

/** Refuses what is many files where there is but one. */
const refuseHls = (formats: readonly OutputFormat[]): void => {
  if (formats.includes('hls'))
    throw usageError(
      'hls is many files, which need a folder to go to; give it with -o FOLDER/',
    )
}

/** The formats of `-f`, or of the output file's name, or the fallback. */
const chooseFormats = ({
  format,
  output,
  fallback = 'txt',
}: JobRequest): readonly OutputFormat[] => {
  if (format === undefined) {
    const extension = parse(output ?? '')
      .ext.slice(1)
      .toLowerCase()
    const named = captionFormats.find(name => extensionOf(name) === extension)
    return [named ?? fallback]
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

/** What to do in place of what cannot be read. */
const pipes: Record<InputKind, { readonly url: string; readonly own: string }> =
  {
    audio: {
      url: "pipe the audio instead: 'curl -L URL | voxpipe -' or 'ffmpeg -i URL -f wav - | voxpipe -'",
      own: "pipe audio into it: 'voxpipe - < talk.mp3'",
    },
    captions: {
      url: "pipe the captions instead: 'curl -L URL | voxpipe captions -'",
      own: "pipe captions into it: 'voxpipe captions - < talk.srt'",
    },
  }

const checkInput = (
  input: string,
  kind: InputKind,
  terminal: Pick<Terminal, 'stdin'>,
): void => {
  if (input === '')
    throw usageError("an input's name is empty; name a file, or - for stdin")
  if (/^file:\/\//i.test(input))
    throw usageError('an input is given as a path; leave file:// away')
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(input))
    throw usageError(`URLs are not opened; ${pipes[kind].url}`)
  if (input === '-' && terminal.stdin.isTTY)
    throw usageError(`standard input is a terminal; ${pipes[kind].own}`)
}

/**
 * Checks the names of inputs.
 *
 * @throws CliError where one makes no sense
 */
export const checkInputs = (
  inputs: readonly string[],
  kind: InputKind,
  terminal: Pick<Terminal, 'stdin'>,
): void => {
  for (const input of inputs) checkInput(input, kind, terminal)
  if (inputs.filter(input => input === '-').length > 1)
    throw usageError('standard input can be read once; give - once')
}

const statOf = (path: string) => stat(path).catch(() => undefined)

/** Names without extension; no file system takes two for the same file. */
const uniqueNames = (inputs: readonly string[]): string[] => {
  const natural = inputs.map(input =>
    input === '-' ? 'stdin' : parse(input).name,
  )
  const same = (name: string): string => name.toLowerCase()
  // What is not whole yet has a name too, and no other result may have it.
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
        `${partial} is an input, and the name of ${path} until that is whole; write elsewhere with -o`,
      )
  }
}

const toStdout = (
  inputs: readonly string[],
  formats: readonly OutputFormat[],
): Job[] => {
  if (formats.length > 1)
    throw usageError(
      'several formats need a folder to go to; give it with -o FOLDER/',
    )
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
 * Decides what goes where, before any work is done.
 *
 * @throws CliError where the command line makes no sense
 */
export const planJobs = async (
  request: JobRequest,
  terminal: Pick<Terminal, 'stdin'>,
): Promise<Job[]> => {
  const { inputs, kind = 'audio', output, outputDir } = request
  checkInputs(inputs, kind, terminal)
  if (output !== undefined && outputDir !== undefined)
    throw usageError('-o and --output-dir exclude each other; give one')
  if (output === '' || outputDir === '')
    throw usageError("the output's name is empty; name a file or a folder")
  const formats = chooseFormats(request)
  const path = output ?? outputDir
  const isFiles = path !== undefined && output !== '-'
  const isInFolder =
    isFiles && (outputDir !== undefined || (await isFolder(path)))
  if (!isInFolder) refuseHls(formats)
  if (!isFiles) return toStdout(inputs, formats)
  let jobs: Job[]
  if (isInFolder) jobs = await inFolder(path, inputs, formats)
  else if (inputs.length === 1 && formats.length === 1)
    jobs = [await inFile(path, inputs[0]!, formats[0]!)]
  else
    throw usageError(
      `${path} can hold one result, and there are several; end it in / to make it a folder`,
    )
  await refuseOverwrite(jobs)
  return jobs
}
