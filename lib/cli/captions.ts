import type { TranscriptEvent } from '../index.ts'
import {
  CueChecker,
  orderCues,
  type CaptionInput,
  type Cue,
  type CueFinding,
} from '../captions/index.ts'
import { readCaptionInput } from './caption-input.ts'
import {
  captionRules,
  captionStyle,
  type CaptionStyle,
  type CaptionStyleOptions,
} from './caption-style.ts'
import {
  CliError,
  ClosedOutput,
  endsBatch,
  exitCode,
  exitCodeFor,
  usageError,
  type ExitCode,
} from './cli-error.ts'
import { StandardOutput } from './destination.ts'
import { ffmpegCommandsFor } from './ffmpeg-commands.ts'
import {
  checkInputs,
  planJobs,
  runJobs,
  withInputName,
  type Job,
  type JobResult,
} from './jobs.ts'
import type { CommandContext } from './reporter.ts'
import { oneLine, type Terminal } from './terminal.ts'
import type { TranscribeCommandOptions } from './transcribe-settings.ts'
import { TranscriptOutputs } from './transcript-outputs.ts'

/** Shifted inputs and counts of those that began before 0. */
type Shifted<Input> = {
  readonly inputs: readonly Input[]
  /** Cut to begin at 0. */
  readonly cut: number
  /** Dropped, since they would end before 0. */
  readonly dropped: number
}

/** Shifts cues, or other ranges, by `ms`, which may be negative. */
export const shiftCues = <Range extends { start: number; end: number }>(
  cues: readonly Range[],
  ms: number,
): Shifted<Range> => {
  const kept = cues.filter(({ end }) => end + ms > 0)
  return {
    cut: kept.filter(({ start }) => start + ms < 0).length,
    dropped: cues.length - kept.length,
    inputs: kept.map(range => ({
      ...range,
      start: Math.max(0, range.start + ms),
      end: range.end + ms,
    })),
  }
}

export const shiftEvents = (
  events: readonly TranscriptEvent[],
  ms: number,
): Shifted<TranscriptEvent> => {
  let cut = 0
  let dropped = 0
  const shifted = (at: number): number => Math.max(0, at + ms)
  const shift = (event: TranscriptEvent): readonly TranscriptEvent[] => {
    if (event.type === 'end')
      return [{ ...event, duration: shifted(event.duration) }]
    if ('at' in event && event.at !== undefined)
      return [{ ...event, at: shifted(event.at) }]
    if (event.type !== 'final' && event.type !== 'gap') return [event]
    const { inputs, ...counts } = shiftCues([event], ms)
    cut += counts.cut
    dropped += counts.dropped
    return inputs.map(range => {
      if (range.type === 'gap' || !range.words) return range
      const words = range.words.map(word => ({
        ...word,
        start: shifted(word.start),
        end: shifted(word.end),
      }))
      return { ...range, words }
    })
  }
  const inputs = events.flatMap(shift)
  return { inputs, cut, dropped }
}

export type CaptionsOptions = CheckOptions & {
  /** Shift of all times, in ms; may be negative. */
  readonly shift?: number
  /** File of the captioned video. */
  readonly video?: string
}

/** Overlaps up to this, in ms, are not simultaneous speech. */
const maxOverlapMs = 500

type ConversionContext = CommandContext & {
  readonly style: CaptionStyle
  readonly shift: number
  readonly stdout: StandardOutput
}

/** Format of the output if none is given. */
const formatOf = (inputs: readonly string[]): 'srt' | 'vtt' =>
  inputs.every(input => /\.vtt$/i.test(input)) ? 'vtt' : 'srt'

const inputsOf = async (
  { input }: Job,
  { style, shift, terminal, reporter }: ConversionContext,
): Promise<readonly CaptionInput[]> => {
  const warn = (message: string): void =>
    reporter.warn(withInputName(input, message))
  const { cues, events } = await readCaptionInput(input, terminal, warn)
  const isRestyled = Object.keys(style).length > 0
  const { inputs, cut, dropped } =
    events.length > 0
      ? shiftEvents(events, shift)
      : shiftCues(
          orderCues(cues, { maxOverlapMs: isRestyled ? maxOverlapMs : 0 }),
          shift,
        )
  if (cut + dropped > 0)
    warn(
      `captions that would begin before 0: ${cut} shortened, ${dropped} dropped`,
    )
  return inputs
}

const convert = async (
  job: Job,
  context: ConversionContext,
): Promise<JobResult> => {
  const { style, stdout, reporter } = context
  const outputs = new TranscriptOutputs({ targets: job.targets, style, stdout })
  try {
    for (const input of await inputsOf(job, context)) await outputs.write(input)
    for (const file of await outputs.commit()) reporter.note(`wrote ${file}`)
    return { exitCode: exitCode.ok }
  } catch (error) {
    if (error instanceof ClosedOutput) return { error, exitCode: exitCode.ok }
    await outputs.abandon(false)
    reporter.error(error, message =>
      endsBatch(error) ? message : withInputName(job.input, message),
    )
    return { error, exitCode: exitCodeFor(error) }
  }
}

/**
 * Converts, re-times and re-wraps captions.
 * @throws CliError for wrong usage
 */
export const convertCaptions = async (
  inputs: readonly string[],
  options: CaptionsOptions,
  common: CommandContext,
): Promise<ExitCode> => {
  const { format, output, outputDir, shift = 0, video } = options
  const { terminal, reporter } = common
  const style = captionStyle(options)
  const defaultFormat = formatOf(inputs)
  const jobs = await planJobs(
    { inputs, kind: 'captions', format, output, outputDir, defaultFormat },
    terminal,
  )
  const commands = video && ffmpegCommandsFor(jobs, video)
  const [target] = jobs[0]!.targets
  const toArray =
    jobs.length > 1 && target!.format === 'json' && target!.path === undefined
  const stdout = new StandardOutput(common, toArray)
  const context = { ...common, style, shift, stdout }
  const code = await runJobs(jobs, stdout, reporter, job =>
    convert(job, context),
  )
  if (commands && code === exitCode.ok) {
    reporter.note('to add the captions to the video as a track, run:')
    reporter.command(commands.mux)
    reporter.note('to draw them onto the picture, run:')
    reporter.command(commands.burn)
  }
  return code
}

type CheckOptions = CaptionStyleOptions &
  Pick<TranscribeCommandOptions, 'format' | 'output' | 'outputDir' | 'language'>

/** A violated rule, with the file and the line of its cue. */
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

const formatFindings = (
  findings: readonly Finding[],
  format: string,
): string => {
  const write = format === 'txt' ? asText : JSON.stringify
  return findings.map(finding => `${write(finding)}\n`).join('')
}

/**
 * Checks a file. Overlapping cues were read into channels, in which they break
 * no rule; only voices of one cue keep theirs.
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
      "this is a transcript, which has no captions to check; create captions with 'voxpipe captions'",
    )
  let lastLine = 0
  const findings = cues.flatMap(({ channel, ...cue }: Cue, i) => {
    const line = lineOf(cues[i]!)
    const isVoice = line === lastLine
    lastLine = line
    const found = isVoice && channel !== undefined ? { ...cue, channel } : cue
    return checker.next(found).map(finding => ({ file, line, ...finding }))
  })
  return { cues: cues.length, findings }
}

/**
 * Lists every violation of a profile's rules.
 * @returns 1 if there is one
 * @throws CliError for wrong usage
 */
export const checkCaptions = async (
  inputs: readonly string[],
  options: CheckOptions,
  context: CommandContext,
): Promise<ExitCode> => {
  const { terminal, reporter } = context
  const { format = 'txt', output, outputDir, language } = options
  if (!['txt', 'json', 'jsonl'].includes(format))
    throw usageError(
      `'voxpipe captions check' cannot write '${format}'; use txt, json or jsonl`,
    )
  if (output !== undefined || outputDir !== undefined)
    throw usageError(
      "'voxpipe captions check' writes to standard output; omit -o",
    )
  checkInputs(inputs, 'captions', terminal)
  const rules = captionRules(options)
  const stdout = new StandardOutput(context)
  const all: Finding[] = []
  const named = options.profile === undefined ? '' : ` of ${options.profile}`
  let worst: ExitCode = exitCode.ok
  try {
    for (const input of inputs) {
      const checker = new CueChecker(rules, {
        ...(language !== undefined && { language }),
      })
      const warn = (message: string): void =>
        reporter.warn(withInputName(input, message))
      try {
        const { cues, findings } = await findingsIn(
          input,
          terminal,
          checker,
          warn,
        )
        all.push(...findings)
        if (format !== 'json' && findings.length > 0)
          await stdout.write(formatFindings(findings, format))
        if (findings.length > 0) worst = Math.max(worst, exitCode.failed)
        else
          reporter.note(
            withInputName(input, `no violations${named} in ${cues} cue(s)`),
          )
      } catch (error) {
        if (error instanceof ClosedOutput) throw error
        reporter.error(error, message => withInputName(input, message))
        worst = Math.max(worst, exitCodeFor(error))
        if (endsBatch(error)) break
      }
    }
    if (format === 'json')
      await stdout.write(`${JSON.stringify(all, undefined, 2)}\n`)
  } catch (error) {
    if (!(error instanceof ClosedOutput)) throw error
  }
  return worst
}
