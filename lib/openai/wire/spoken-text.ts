import type { ServedModel } from './wire-models.ts'

/** Tokens of a text: words with the space before them; joined, the text. */
export const piecesOf = (text: string): string[] =>
  text === '' ? [] : text.split(/(?<=\S)(?=\s)/)

/** What stands in for a likelihood that nobody knows. */
export const STAND_IN_LOGPROB = -0.01

/**
 * How likely pieces of a text are, as the wire has it.
 *
 * @param logprobs of each piece; a stand-in where there is none
 */
export const logprobsOf = (
  pieces: readonly string[],
  logprobs: readonly (number | undefined)[] = [],
): { token: string; logprob: number; bytes: number[] }[] =>
  pieces.map((token, i) => ({
    token,
    logprob: logprobs[i] ?? STAND_IN_LOGPROB,
    bytes: [...Buffer.from(token)],
  }))

/** Tokens that a second of audio counts for. */
const AUDIO_TOKENS = 10

/** What a transcript costs, as the wire has it. */
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

/** Languages of a transcript, as the wire has them; none: not known. */
export const languagesOf = (
  codes: readonly string[] | null | undefined,
): { code: string }[] => (codes ?? []).map(code => ({ code }))
