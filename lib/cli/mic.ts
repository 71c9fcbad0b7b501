import { Microphone } from '../index.ts'
import { usageError, type ExitCode } from './exit-code.ts'
import type { Reporter } from './reporter.ts'
import { transcribeFiles, type TranscribeOptions } from './transcribe-files.ts'

/** Transcribes the microphone until it is stopped. */
export const mic = (
  options: TranscribeOptions,
  reporter: Reporter,
): Promise<ExitCode> => {
  const { device, raw, ...others } = options
  if (raw) throw usageError('the microphone needs no --raw; leave it away')
  const microphone = new Microphone(device === undefined ? {} : { device })
  microphone.once('recording', (recorder: string) =>
    reporter.note(`${recorder} is recording; Ctrl-C ends it`),
  )
  return transcribeFiles(
    ['microphone'],
    { ...others, live: true, raw: microphone.raw },
    reporter,
    { open: () => microphone, endless: true },
  )
}
