import type { ServedModel } from './openai-models.ts'
import type { RequestFields } from './request-fields.ts'

/** Splits a text into tokens: words with the space before them. */
export const piecesOf = (text: string): string[] =>
  text === '' ? [] : text.split(/(?<=\S)(?=\s)/)

/** Log probability to send if none is known. */
export const STAND_IN_LOGPROB = -0.01

/** @param logprobs of each token; a stand-in where one is missing */
export const logprobsOf = (
  pieces: readonly string[],
  logprobs: readonly (number | undefined)[] = [],
): { token: string; logprob: number; bytes: number[] }[] =>
  pieces.map((token, i) => ({
    token,
    logprob: logprobs[i] ?? STAND_IN_LOGPROB,
    bytes: [...Buffer.from(token)],
  }))

/** Billed tokens per second of audio. */
const AUDIO_TOKENS = 10

export const usageOf = (
  { usage }: ServedModel,
  seconds: number,
  text: string,
): Record<string, unknown> => {
  if (usage === 'duration')
    return { type: 'duration', seconds: Math.ceil(seconds) }
  const audio = Math.ceil(seconds * AUDIO_TOKENS)
  const output = piecesOf(text).length
  return {
    type: 'tokens',
    input_tokens: audio,
    input_token_details: { text_tokens: 0, audio_tokens: audio },
    output_tokens: output,
    total_tokens: audio + output,
  }
}

/** Writes the languages of a transcript; none if unknown. */
export const languagesOf = (
  codes: readonly string[] | null | undefined,
): { code: string }[] => (codes ?? []).map(code => ({ code }))

export type Spoken = {
  readonly heard: TimedText
  readonly fields: RequestFields
  readonly model: ServedModel
}

export type Content = { readonly type: string; readonly body: string }

const json = (value: unknown): Content => ({
  type: 'application/json',
  body: JSON.stringify(value),
})

const plain = (body: string): Content => ({
  type: 'text/plain; charset=utf-8',
  body,
})

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

type SpokenSegment = {
  readonly id: string
  readonly start: number
  readonly end: number
  readonly text: string
  readonly speaker: string
}

/** Writes segments whose speakers take turns: the known ones, or A and B. */
export const speakersOf = ({ heard, fields }: Spoken): SpokenSegment[] => {
  const { speakers } = fields
  const count = Math.max(2, speakers.length)
  return heard.segments.map(({ start, end, text }, i) => ({
    id: `seg_${String(i + 1).padStart(3, '0')}`,
    start,
    end,
    text,
    speaker: speakers[i % count] ?? LETTERS[i % count]!,
  }))
}

/** Returns the members beside the text, of `json` and of a stream's end. */
export const extrasOf = ({ heard, fields, model }: Spoken) => ({
  ...(model.languages && {
    languages: languagesOf(heard.languages ?? fields.languages),
  }),
  ...(fields.include.length > 0 &&
    heard.logprobs !== null && {
      logprobs: logprobsOf(piecesOf(heard.text), heard.logprobs),
    }),
  usage: usageOf(model, heard.duration, heard.text),
})

const NAMES = new Intl.DisplayNames('en', { type: 'language' })

/** Returns the name of a language as whisper-1 writes it. */
const nameOf = (code: string): string | undefined =>
  code === 'und' ? 'unknown' : NAMES.of(code)?.toLowerCase()

const verbose = ({ heard, fields, model }: Spoken): Content => {
  const { granularities, temperature } = fields
  const segments = heard.segments.map(
    ({ text, start, end, facts = {} }, id) => ({
      id,
      seek: 0,
      start,
      end,
      text: ` ${text}`,
      tokens: facts.tokens ?? [50_364],
      temperature,
      avg_logprob: facts.avg_logprob ?? -0.25,
      compression_ratio: facts.compression_ratio ?? 1.2,
      no_speech_prob: facts.no_speech_prob ?? 0.01,
    }),
  )
  const wants = (what: string): boolean => granularities.includes(what)
  return json({
    task: 'transcribe',
    language: nameOf(heard.language ?? fields.language ?? 'en'),
    duration: heard.duration,
    text: heard.text,
    ...((wants('segment') || !wants('word')) && { segments }),
    ...(wants('word') && {
      words: heard.words.map(({ word, start, end }) => ({ word, start, end })),
    }),
    usage: usageOf(model, heard.duration, heard.text),
  })
}

const diarized = (spoken: Spoken): Content => {
  const { heard, model } = spoken
  const type = 'transcript.text.segment'
  return json({
    task: 'transcribe',
    duration: heard.duration,
    text: heard.text,
    segments: speakersOf(spoken).map(segment => ({ type, ...segment })),
    usage: usageOf(model, heard.duration, heard.text),
  })
}

const clock = (seconds: number, point: string): string => {
  const ms = Math.round(seconds * 1_000)
  const part = (unit: number, size: number, digits = 2) =>
    String(Math.floor(ms / unit) % size).padStart(digits, '0')
  return `${part(3_600_000, 100)}:${part(60_000, 60)}:${part(1_000, 60)}${point}${part(1, 1_000, 3)}`
}

const line = ({ start, end }: TimedSegment, point: string): string =>
  `${clock(start, point)} --> ${clock(end, point)}`

export const answers: Readonly<Record<string, (spoken: Spoken) => Content>> = {
  json: spoken => json({ text: spoken.heard.text, ...extrasOf(spoken) }),
  text: ({ heard }) => plain(`${heard.text}\n`),
  verbose_json: verbose,
  diarized_json: diarized,
  srt: ({ heard }) =>
    plain(
      heard.segments
        .map((cue, i) => `${i + 1}\n${line(cue, ',')}\n${cue.text}\n\n`)
        .join(''),
    ),
  vtt: ({ heard }) =>
    plain(
      `WEBVTT\n\n${heard.segments
        .map(cue => `${line(cue, '.')}\n${cue.text}\n\n`)
        .join('')}`,
    ),
}

export type TimedWord = {
  readonly word: string
  readonly start: number
  readonly end: number
}

/** Times in seconds. */
export type TimedSegment = {
  readonly text: string
  readonly start: number
  readonly end: number
  /** The recogniser's confidence; stand-ins replace missing values. */
  readonly facts?: SegmentDetails
}

export type SegmentDetails = {
  readonly tokens?: readonly number[]
  readonly avg_logprob?: number
  readonly compression_ratio?: number
  readonly no_speech_prob?: number
}

export type TimedText = {
  readonly text: string
  readonly words: readonly TimedWord[]
  readonly segments: readonly TimedSegment[]
  /** Length of the audio, in seconds; 0 if unknown. */
  readonly duration: number
  /** Main language, ISO 639; `und` if unknown. */
  readonly language?: string
  readonly languages?: readonly string[]
  /**
   * Log probability of each token. A constant stands in if it is missing;
   * answers have none if it is null.
   */
  readonly logprobs?: readonly number[] | null
}
