import { chooseModel, type ModelChoice } from '../index.ts'
import type { CommandContext } from './reporter.ts'
import { exitCode, usageError, type ExitCode } from './cli-error.ts'
import { given } from './option-values.ts'
import { StandardOutput } from './destination.ts'

/** Options of `voxpipe choose`. */
export type ChooseOptions = {
  readonly live?: boolean
  readonly waiting?: boolean
  readonly wordTimes?: boolean
  readonly wordTimestamps?: boolean
  /** A common option, with a file in other commands. */
  readonly speakers?: boolean | string
  readonly offline?: boolean
  readonly language?: string
  readonly engine?: string
  readonly format?: string
}

/** Returns the command that uses the choice. */
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

/** Prints which engine and model fit, and why. */
export const choose = async (
  options: ChooseOptions,
  context: CommandContext,
): Promise<ExitCode> => {
  const { format = 'txt', live, waiting, offline, language } = options
  const speakers = options.speakers !== undefined
  if (format !== 'txt' && format !== 'json')
    throw usageError(`a choice is txt or json, not '${format}'; leave -f away`)
  const choice = chooseModel({
    ...given({ live, waiting, speakers, offline, language }),
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
