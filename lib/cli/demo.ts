import { join } from 'node:path'
import type { CommandContext } from './command-context.ts'
import type { ExitCode } from './exit-code.ts'
import { transcribeFiles, type TranscribeOptions } from './transcribe-files.ts'

const clip = join(import.meta.dirname, '../../assets/demo.wav')

/** Transcribes the clip that ships with the package. */
export const demo = (
  options: TranscribeOptions,
  context: CommandContext,
): Promise<ExitCode> => {
  context.reporter.note(
    `John F. Kennedy, 1961, 11 seconds, transcribed ${options.engine === 'openai' ? 'by OpenAI' : 'on this machine'}; the same for a file of yours: voxpipe FILE`,
  )
  return transcribeFiles([clip], options, context)
}
