import { type ErrorCode, VoxpipeError } from '../../core/errors.ts'
import { invalidRequest } from '../../openai/wire/service-error.ts'
import { Refused } from '../refused.ts'

const inAudio = (code: string, message: string): Refused =>
  new Refused(400, invalidRequest(code, message, 'file'))

/** Audio that goes on for longer than it may, in ms. */
export const tooLong = (maxMs: number): Refused =>
  new Refused(
    400,
    invalidRequest(
      'invalid_value',
      `audio is longer than ${maxMs / 1_000} seconds, which is the maximum for this model`,
    ),
  )

/** Shortest audio, in ms. */
const MIN_MS = 100

/** @throws Refused where nobody could say anything in so many ms */
export const checkLength = (ms: number): void => {
  if (ms < MIN_MS)
    throw inAudio(
      'audio_too_short',
      `Audio file is too short. Minimum audio length is ${MIN_MS / 1_000} seconds.`,
    )
}

/** What is wrong with the audio that was sent. */
const BAD_AUDIO = new Set<ErrorCode>([
  'VOX_FORMAT_UNKNOWN',
  'VOX_INPUT_EMPTY',
  'VOX_DECODE',
  'VOX_FFMPEG_FAILED',
])

/** The refusal that a failure to transcribe comes to, if it is the file's. */
export const asRefusal = (error: unknown): unknown => {
  if (!(error instanceof VoxpipeError)) return error
  if (error.code === 'VOX_FFMPEG_MISSING')
    return inAudio(
      'unsupported_value',
      'This server cannot decode files of that format: it needs ffmpeg, which is not installed.',
    )
  return BAD_AUDIO.has(error.code)
    ? inAudio('invalid_value', 'Audio file might be corrupted or unsupported')
    : error
}
