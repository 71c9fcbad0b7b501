import { Microphone } from '../index.ts'
import type { CommandContext } from './command-context.ts'
import { usageError, type ExitCode } from './exit-code.ts'
import { transcribeFiles, type TranscribeOptions } from './transcribe-files.ts'

/** Transcribes the microphone until it is stopped. */
export const mic = (
  options: TranscribeOptions,
  context: CommandContext,
): Promise<ExitCode> => {
  const { device, raw, ...others } = options
  if (raw) throw usageError('the microphone needs no --raw; leave it away')
  const microphone = new Microphone(device === undefined ? {} : { device })
  microphone.once('recording', (recorder: string) =>
    context.reporter.note(`${recorder} is recording; Ctrl-C ends it`),
  )
  return transcribeFiles(
    ['microphone'],
    { ...others, live: true, raw: microphone.raw },
    context,
    { open: () => microphone, endless: true },
  )
}
