import {
  fetchModel,
  listModels,
  resolveModel,
  type ModelInfo,
  chooseModel,
  type ModelChoice,
} from '../recognizers/index.ts'
import { exitCode, type ExitCode, usageError } from './cli-error.ts'
import { StandardOutput } from './destination.ts'
import { Interrupt } from './interrupt.ts'
import { given } from './option-values.ts'
import {
  type CommandContext,
  type Reporter,
  megabytes,
  showFetch,
} from './reporter.ts'

export type ModelsOptions = { readonly modelDir?: string }

export const describeState = ({
  state,
  dir,
  bytes,
  downloadBytes,
}: ModelInfo): string => {
  if (state === 'ready') return `ready, ${megabytes(bytes)} in ${dir}`
  if (state === 'corrupt') return `damaged in ${dir}; fetch it again`
  return `not downloaded yet (${megabytes(downloadBytes)})`
}

export const printModels = async (
  { modelDir }: ModelsOptions,
  context: CommandContext,
): Promise<ExitCode> => {
  const models = await listModels({ modelDir })
  const lines = models.map(
    model =>
      `${(model.aliases[0] ?? model.name).padEnd(12)}${model.licence}, ${describeState(model)}\n`,
  )
  await new StandardOutput(context).write(lines.join(''))
  return exitCode.ok
}

/** Finds or downloads models, and shows the progress. */
export const prefetchModels = async (
  names: readonly string[],
  modelDir: string | undefined,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> => {
  for (const name of names)
    await resolveModel(name, {
      modelDir,
      signal,
      onProgress: showFetch(reporter),
      onWarning: ({ message }) => reporter.warn(message),
    })
}

export const fetchModelCommand = async (
  name: string,
  { modelDir }: ModelsOptions,
  context: CommandContext,
): Promise<ExitCode> => {
  const { reporter } = context
  const interrupt = new Interrupt(context)
  try {
    const dir = await fetchModel(name, {
      dir: modelDir,
      signal: interrupt.stop,
      onProgress: showFetch(reporter),
    })
    reporter.note(
      `${name} is in ${dir}; to use it on a machine without network, copy this folder there and name it with --model-dir`,
    )
    return exitCode.ok
  } catch (error) {
    if (interrupt.exitCode !== undefined) return interrupt.exitCode
    throw error
  } finally {
    interrupt.close()
    reporter.clearStatus()
  }
}

export type ChooseOptions = {
  readonly live?: boolean
  readonly waiting?: boolean
  readonly wordTimes?: boolean
  readonly wordTimestamps?: boolean
  readonly speakerLabels?: boolean
  /** A common option, which names a file in other commands. */
  readonly speakers?: boolean | string
  readonly offline?: boolean
  readonly language?: string
  readonly engine?: string
  readonly format?: string
}

const commandFor = (
  { engine, model, mode }: ModelChoice,
  { language }: ChooseOptions,
): string => {
  const isLive = mode === 'realtime' || mode === 'local-live'
  const words = [isLive ? 'voxpipe - --live' : 'voxpipe FILE']
  if (engine === 'openai') words.push('--engine openai')
  words.push(`--model ${model}`)
  if (language !== undefined) words.push(`--language ${language}`)
  return words.join(' ')
}

export const choose = async (
  options: ChooseOptions,
  context: CommandContext,
): Promise<ExitCode> => {
  const {
    format = 'txt',
    live,
    waiting,
    offline,
    language,
    speakerLabels,
  } = options
  if (format !== 'txt' && format !== 'json')
    throw usageError(
      `'voxpipe choose' cannot write '${format}'; use txt or json`,
    )
  if (options.speakers !== undefined)
    throw usageError(
      '--speakers names a file of speaker turns; use --speaker-labels to require speakers in the transcript',
    )
  const choice = chooseModel({
    ...given({ live, waiting, speakerLabels, offline, language }),
    wordTimes: options.wordTimes ?? options.wordTimestamps ?? false,
    // chooseModel() checks it
    ...(options.engine !== undefined && {
      engine: options.engine as ModelChoice['engine'],
    }),
  })
  const command = commandFor(choice, options)
  const { engine, model, mode, reason, warnings } = choice
  const text =
    format === 'json'
      ? `${JSON.stringify({ ...choice, command }, undefined, 2)}\n`
      : `${engine} ${model} (${mode})\n${reason}\n${command}\n`
  await new StandardOutput(context).write(text)
  if (format === 'txt')
    for (const { message } of warnings) context.reporter.warn(message)
  return exitCode.ok
}
