import {
  fetchModel,
  listModels,
  resolveModel,
  type ModelInfo,
} from '../index.ts'
import type { CommandContext, Reporter } from './reporter.ts'
import { exitCode, type ExitCode } from './cli-error.ts'
import { Interrupt } from './interrupt.ts'
import { megabytes, showFetch } from './progress.ts'
import { StandardOutput } from './destination.ts'

/** Options of `voxpipe models`. */
export type ModelsOptions = { readonly modelDir?: string }

/** Describes a model's state. */
export const describeState = ({
  state,
  dir,
  bytes,
  downloadBytes,
}: ModelInfo): string => {
  if (state === 'ready') return `ready, ${megabytes(bytes)} in ${dir}`
  if (state === 'corrupt') return `damaged in ${dir}; fetch it anew`
  return `not here; a download of ${megabytes(downloadBytes)}`
}

/** Prints every model with its state. */
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

/** Finds models or downloads them, with their progress on stderr. */
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

/** Runs `voxpipe models fetch`. */
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
      `${name} is in ${dir}; copied to a machine without network, that folder works with --model-dir`,
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
