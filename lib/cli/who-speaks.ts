import { readFile } from 'node:fs/promises'
import { parse } from 'node:path'
import { readRttm, type TranscribeOptions } from '../index.ts'
import { CliError, exitCode, usageError } from './exit-code.ts'
import { given } from './given.ts'

/** What the options say of who speaks. */
export type SpeakerOptions = {
  readonly engine?: string
  readonly live?: boolean
  /** A file of RTTM; true where its name is missing. */
  readonly speakers?: string | boolean
  readonly channels?: string
}

/** What `transcribe()` is to know of it. */
type WhoSpeaks = Pick<TranscribeOptions, 'channels' | 'speakers'>

const channelsOf = ({
  channels,
  engine,
  live,
}: SpeakerOptions): WhoSpeaks['channels'] => {
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

const problems: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; check the name',
  EISDIR: 'it is a folder; name a file',
  EACCES: 'it may not be read; check its permissions',
}

const turnsIn = async (
  path: string,
  input: string,
): Promise<WhoSpeaks['speakers']> => {
  try {
    const text = await readFile(path, 'utf8')
    return readRttm(text, { file: parse(input).name })
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    const problem = problems[code] ?? message
    throw new CliError(exitCode.failed, `${path}: ${problem}`, { cause: error })
  }
}

/**
 * Reads what there is to know of who speaks.
 *
 * @throws CliError where the command line makes no sense, or the file cannot
 *   be read
 */
export const whoSpeaks = async (
  inputs: readonly string[],
  options: SpeakerOptions,
): Promise<WhoSpeaks> => {
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
  return given({ channels, speakers: await turnsIn(path, input) })
}
