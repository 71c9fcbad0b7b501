import { parse } from 'node:path'
import type { Latency, TranscribeOptions } from '../index.ts'
import { readRttm } from '../captions/index.ts'
import { openaiClient } from '../openai/index.ts'
import { defaultModel, MoonshineRecognizer } from '../recognizers/index.ts'
import type { CaptionStyleOptions } from './caption-style.ts'
import { readTextFile, usageError } from './cli-error.ts'
import type { Interrupt } from './interrupt.ts'
import { given, refuseModel, type RawFormat } from './option-values.ts'
import { showFetch, type CommandContext } from './reporter.ts'

export type TranscribeCommandOptions = CaptionStyleOptions & {
  readonly format?: string
  readonly output?: string
  readonly outputDir?: string
  readonly engine?: string
  readonly model?: string
  readonly modelDir?: string
  readonly language?: string
  readonly live?: boolean
  readonly latency?: Latency // the engine checks it
  readonly prompt?: string
  readonly keyword?: readonly string[]
  readonly wordTimestamps?: boolean
  readonly device?: string
  readonly raw?: RawFormat
  readonly maxDuration?: number
  readonly strict?: boolean
  /** An RTTM file; true if its name is missing. */
  readonly speakers?: string | boolean
  readonly channels?: string
}

type SpeakerSettings = Pick<TranscribeOptions, 'channels' | 'speakers'>

const channelsOf = ({
  channels,
  engine,
  live,
}: TranscribeCommandOptions): SpeakerSettings['channels'] => {
  if (channels !== undefined && channels !== 'mix' && channels !== 'separate')
    throw usageError(
      `channels cannot be had as '${channels}'; use mix or separate`,
    )
  if (channels === 'separate' && engine === 'openai' && live)
    throw usageError(
      '--channels separate is for recordings, or the local engine; leave it or --live away',
    )
  return channels
}

/**
 * Returns the options of `transcribe()` that identify speakers.
 * @throws CliError for wrong usage, or if the RTTM file cannot be read
 */
export const speakerSettings = async (
  inputs: readonly string[],
  options: TranscribeCommandOptions,
): Promise<SpeakerSettings> => {
  const { speakers: path, live } = options
  const channels = channelsOf(options)
  if (path === undefined) return given({ channels })
  if (typeof path === 'boolean')
    throw usageError('--speakers needs a file; write --speakers talk.rttm')
  if (live)
    throw usageError(
      '--speakers is for recordings, whose speakers are known; leave it or --live away',
    )
  const [input] = inputs
  if (input === undefined || inputs.length > 1)
    throw usageError(
      `--speakers is of one recording, and there are ${inputs.length}; transcribe them one by one`,
    )
  const speakers = await readTextFile(path, 'name a file', text =>
    readRttm(text, { file: parse(input).name }),
  )
  return given({ channels, speakers })
}

/** The recogniser or service for all inputs of a command. */
export type OpenEngine = {
  /** Options of `transcribe()` that select it. */
  readonly options: TranscribeOptions
  close(): Promise<void>
}

const checkEngineOptions = (
  options: TranscribeCommandOptions,
  { recognizer }: CommandContext,
): void => {
  const { engine = 'local', live, latency, prompt, keyword, modelDir } = options
  if (engine !== 'local' && engine !== 'openai')
    throw usageError(`there is no engine '${engine}'; use local or openai`)
  if (latency !== undefined && !live)
    throw usageError('--latency is for --live and mic; add --live')
  if (engine === 'local') {
    refuseModel(options, recognizer)
    if (prompt !== undefined)
      throw usageError(
        'the local engine has no prompt; use --engine openai, or leave --prompt away',
      )
    if (keyword !== undefined && !recognizer?.supportsKeywords)
      throw usageError(
        'the local engine takes no keywords; use --engine openai, or leave --keyword away',
      )
    return
  }
  if (latency !== undefined)
    throw usageError('--latency is for the local engine; leave it away')
  if (modelDir !== undefined && !live)
    throw usageError(
      '--model-dir is for the local engine, and --live; leave it away',
    )
}

const openLocal = (
  options: TranscribeCommandOptions,
  { recognizer: shared, reporter }: CommandContext,
  interrupt: Interrupt,
): OpenEngine => {
  const { model, modelDir, live = false } = options
  const { latency, language, keyword: keywords } = options
  const common = { live, ...given({ language, latency, keywords }) }
  if (shared)
    return {
      options: { recognizer: shared, ...common },
      close: async () => undefined,
    }
  const recognizer = new MoonshineRecognizer({
    model: model ?? defaultModel(live),
    ...given({ modelDir }),
    signal: interrupt.stop, // stops a download of the model
    onProgress: showFetch(reporter),
    onWarning: ({ message }) => reporter.warn(message),
  })
  return {
    options: { recognizer, ...common },
    close: () => recognizer.close(),
  }
}

const openOpenAI = async (
  options: TranscribeCommandOptions,
  needsTimes: boolean,
  { terminal, recognizer }: CommandContext,
): Promise<OpenEngine> => {
  const { model, modelDir, live = false, language } = options
  const { prompt, keyword: keywords, wordTimestamps } = options
  // Live captions have the times of their turn.
  const wordTimes =
    wordTimestamps ?? (needsTimes && !live && model === undefined)
  return {
    options: {
      engine: 'openai',
      client: await openaiClient({ env: terminal.env }),
      live,
      wordTimes,
      ...given({ model, modelDir, language, prompt, keywords }),
      ...(live && given({ voiceActivity: recognizer?.voiceActivity })),
    },
    close: async () => undefined,
  }
}

/**
 * Opens the selected engine.
 * @param needsTimes whether an output, such as captions, needs times
 * @throws CliError for wrong usage
 * @throws {KeyMissingError} if OpenAI is selected and there is no key
 */
export const openEngine = async (
  options: TranscribeCommandOptions,
  needsTimes: boolean,
  context: CommandContext,
  interrupt: Interrupt,
): Promise<OpenEngine> => {
  checkEngineOptions(options, context)
  return options.engine === 'openai'
    ? openOpenAI(options, needsTimes, context)
    : openLocal(options, context, interrupt)
}
