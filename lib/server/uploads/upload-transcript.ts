import type { Readable } from 'node:stream'
import { deflateSync } from 'node:zlib'
import { type ErrorCode, VoxpipeError } from '../../core/errors.ts'
import type {
  FinalEvent,
  WarningEvent,
  Word,
} from '../../core/transcript-event.ts'
import {
  type SegmentDetails,
  type TimedText,
  type TimedWord,
  piecesOf,
} from '../../openai/wire/answers.ts'
import { invalidRequest } from '../../openai/wire/service-error.ts'
import type { Recognizer } from '../../recognizers/recognizer.ts'
import { transcribe } from '../../transcribe/transcribe.ts'
import { allKnown, logprobOf, logprobsIn } from '../logprob.ts'
import { HttpError } from '../http-messages.ts'

const fileError = (code: string, message: string): HttpError =>
  new HttpError(400, invalidRequest(code, message, 'file'))

const tooLong = (maxMs: number): HttpError =>
  new HttpError(
    400,
    invalidRequest(
      'invalid_value',
      `audio is longer than ${maxMs / 1_000} seconds, which is the maximum for this model`,
    ),
  )

const MIN_MS = 100

const checkLength = (ms: number): void => {
  if (ms < MIN_MS)
    throw fileError(
      'audio_too_short',
      `Audio file is too short. Minimum audio length is ${MIN_MS / 1_000} seconds.`,
    )
}

const AUDIO_ERRORS = new Set<ErrorCode>([
  'VOX_FORMAT_UNKNOWN',
  'VOX_INPUT_EMPTY',
  'VOX_DECODE',
  'VOX_FFMPEG_FAILED',
])

/** Converts an error that the client's file causes to a refusal. */
export const toHttpError = (error: unknown): unknown => {
  if (!(error instanceof VoxpipeError)) return error
  if (error.code === 'VOX_FFMPEG_MISSING')
    return fileError(
      'unsupported_value',
      'This server cannot decode files of that format: it needs ffmpeg, which is not installed.',
    )
  return AUDIO_ERRORS.has(error.code)
    ? fileError('invalid_value', 'Audio file might be corrupted or unsupported')
    : error
}

export type TranscribeUploadOptions = {
  readonly recognizer: Recognizer
  readonly language: string | undefined
  /** Keywords, for a recogniser that takes them. */
  readonly keywords?: readonly string[]
  /** Most audio, in ms. */
  readonly maxMs: number
  /** Stops the work; aborted if there is too much audio. */
  readonly abort: AbortController
  /** Called when the file is known to be audio. */
  readonly onAudio: () => void
  /** Called with each turn that has a text, in order. */
  readonly onFinal: (final: FinalEvent) => void
}

export type UploadTranscript = {
  readonly finals: readonly FinalEvent[]
  /** Length of the audio, in ms. */
  readonly ms: number
  /** Codes of warnings, for example about truncated audio. */
  readonly warnings: readonly WarningEvent['code'][]
}

/**
 * Transcribes an upload. Audio is refused once the decoded length exceeds the
 * limit; headers are not trusted.
 * @param input the path of a file, or its bytes
 * @throws HttpError if it is too long or too short
 */
export const transcribeUpload = async (
  input: string | Readable,
  {
    recognizer,
    language,
    keywords,
    maxMs,
    abort,
    onAudio,
    onFinal,
  }: TranscribeUploadOptions,
): Promise<UploadTranscript> => {
  const finals: FinalEvent[] = []
  const warnings = new Set<WarningEvent['code']>()
  let ms = 0
  const events = transcribe(input, {
    recognizer,
    ...(language && { language }),
    ...(keywords && { keywords }),
    signal: abort.signal,
    onFormat: onAudio,
    onProgress: ({ audioMs }) => {
      if (audioMs > maxMs) abort.abort(tooLong(maxMs))
    },
  })
  for await (const event of events) {
    if (event.type === 'end') ms = event.duration
    else if (event.type === 'warning') warnings.add(event.code)
    else if (event.type === 'final' && event.text !== '') {
      finals.push(event)
      onFinal(event)
    }
  }
  checkLength(ms)
  return { finals, ms, warnings: [...warnings] }
}

const timed = (word: Word): TimedWord => ({
  word: word.text,
  start: word.start / 1_000,
  end: word.end / 1_000,
})

/** Compression ratio of a text, as Whisper defines it. */
const compressionRatio = (text: string): number => {
  const bytes = Buffer.from(text)
  return bytes.length / deflateSync(bytes).length
}

/**
 * Facts of a turn. There are no Whisper tokens, and only speech is transcribed.
 * The average is 0 if no word has a probability.
 */
const factsOf = (text: string, words: readonly Word[]): SegmentDetails => {
  const known = words.map(logprobOf).filter(one => one !== undefined)
  return {
    tokens: [],
    avg_logprob:
      known.reduce((sum, one) => sum + one, 0) / Math.max(1, known.length),
    compression_ratio: compressionRatio(text),
    no_speech_prob: 0,
  }
}

/** Languages of turns, longest spoken first. */
const languagesIn = (
  finals: readonly FinalEvent[],
  expected: string | undefined,
): string[] => {
  const spoken = new Map<string, number>()
  for (const { language = expected, start, end } of finals)
    if (language !== undefined)
      spoken.set(language, (spoken.get(language) ?? 0) + end - start)
  return [...spoken].toSorted((a, b) => b[1] - a[1]).map(([code]) => code)
}

/**
 * Converts turns to the wire's form, one segment each.
 * @param finals none without text
 * @param ms length of the audio
 * @param expected language of turns for which the recogniser reports none
 */
export const timedTextOf = (
  finals: readonly FinalEvent[],
  ms: number,
  expected?: string,
): TimedText => {
  const languages = languagesIn(finals, expected)
  return {
    text: finals.map(({ text }) => text).join(' '),
    words: finals.flatMap(({ words = [] }) => words.map(timed)),
    segments: finals.map(({ text, start, end, words = [] }) => ({
      text,
      start: start / 1_000,
      end: end / 1_000,
      facts: factsOf(text, words),
    })),
    duration: ms / 1_000,
    language: languages[0] ?? expected ?? 'und',
    languages,
    logprobs:
      allKnown(
        finals.flatMap(({ text, words = [] }) =>
          logprobsIn(piecesOf(text), words),
        ),
      ) ?? null,
  }
}
