import {
  defaultModel,
  MoonshineRecognizer,
  openaiClient,
  type TranscribeOptions as LibraryOptions,
} from '../index.ts'
import type { CommandContext } from './command-context.ts'
import { usageError } from './exit-code.ts'
import { refuseModel } from './refuse-options.ts'
import { given } from './given.ts'
import type { Interrupt } from './interrupt.ts'
import { showFetch } from './progress.ts'
import type { TranscribeOptions } from './transcribe-files.ts'

/** What transcribes all inputs of one command. */
export type Engine = {
  /** What `transcribe()` is to know of it. */
  readonly options: LibraryOptions
  close(): Promise<void>
}

/** Refuses options of the command line that one engine has no use for. */
const checkOptions = (
  options: TranscribeOptions,
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
    if (keyword !== undefined && !recognizer?.takesKeywords)
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
  options: TranscribeOptions,
  { recognizer: shared, reporter }: CommandContext,
  interrupt: Interrupt,
): Engine => {
  const { model, modelDir, live = false } = options
  const { latency, language, keyword: keywords } = options
  const wishes = { live, ...given({ language, latency, keywords }) }
  if (shared)
    return {
      options: { recognizer: shared, ...wishes },
      close: async () => undefined,
    }
  const recognizer = new MoonshineRecognizer({
    model: model ?? defaultModel(live),
    ...given({ modelDir }),
    signal: interrupt.stop, // of use while a model is fetched
    onProgress: showFetch(reporter),
    onWarning: ({ message }) => reporter.warn(message),
  })
  return {
    options: { recognizer, ...wishes },
    close: () => recognizer.close(),
  }
}

const openOpenAI = async (
  options: TranscribeOptions,
  needsTimes: boolean,
  { terminal, recognizer }: CommandContext,
): Promise<Engine> => {
  const { model, modelDir, live = false, language } = options
  const { prompt, keyword: keywords, wordTimestamps } = options
  // Live, a caption has the times of its turn.
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
 * Makes what transcribes.
 *
 * @param needsTimes whether an output is of no use without times
 * @throws CliError where the command line makes no sense
 * @throws {KeyMissingError} where OpenAI is asked for without a key
 */
export const openEngine = async (
  options: TranscribeOptions,
  needsTimes: boolean,
  context: CommandContext,
  interrupt: Interrupt,
): Promise<Engine> => {
  checkOptions(options, context)
  return options.engine === 'openai'
    ? openOpenAI(options, needsTimes, context)
    : openLocal(options, context, interrupt)
}
