import llama from 'llama-tokenizer-js'
import { type RecognizedWord, RECOGNIZER_RATE } from '../recognizer.ts'
import type { Moonshine, Decoding, Token } from './moonshine.ts'

/** Shorter audio is not split. */
const MIN_SPLIT = 4 * RECOGNIZER_RATE
/** Maximum distance of a split from the middle, as a fraction of the audio. */
const MAX_OFF_CENTRE = 0.2
/** Samples over which the power is averaged: 100 ms. */
const WINDOW = 1_600

/** Result of {@link MoonshineRecognizer}. */
export type MoonshineResult = {
  /** In order; empty if nobody spoke. */
  readonly words: readonly RecognizedWord[]
}

type RecognizeInput = {
  readonly samples: Float32Array
  readonly spoken: boolean
  readonly live: boolean
}

/**
 * Transcribes audio. If the decoder loops or does not reach an end, the audio
 * is split at a quiet place near its middle; the halves rarely loop again.
 */
export const recognize = async (
  model: Moonshine,
  { samples, spoken, live }: RecognizeInput,
): Promise<MoonshineResult> => {
  const decoding = await model.decode(samples, { spoken, live })
  if (decoding.finished || samples.length < MIN_SPLIT)
    return { words: decodedWords(decoding) }
  const middle = quietMiddle(samples)
  const half = (samples: Float32Array): Promise<MoonshineResult> =>
    recognize(model, { samples, spoken: false, live })
  const left = await half(samples.subarray(0, middle))
  const right = await half(samples.subarray(middle))
  const moved = right.words.map(word => ({ ...word, end: word.end! + middle }))
  return { words: [...left.words, ...moved] }
}

/** Transcribes an open turn; `draft` is the result of the last time. */
export const recognizePartial = async (
  model: Moonshine,
  { samples, draft }: { samples: Float32Array; draft: readonly number[] },
): Promise<MoonshineResult> => {
  const decoding = await model.decode(samples, { draft, live: true })
  return { words: decodedWords(decoding) }
}

const quietMiddle = (samples: Float32Array): number => {
  const half = samples.length / 2
  const reach = Math.floor(samples.length * MAX_OFF_CENTRE)
  let best = Math.floor(half)
  let lowest = Infinity
  for (let at = best - reach; at < best + reach; at += WINDOW / 2) {
    let power = 0
    for (let i = at; i < at + WINDOW; i++) power += samples[i]! ** 2
    if (power < lowest) {
      lowest = power
      best = at + WINDOW / 2
    }
  }
  return best
}

const BYTE = /^<0x([0-9A-F]{2})>$/
const encoder = new TextEncoder()

/**
 * Converts Moonshine's token ids to text. Its vocabulary is Llama's 32,000
 * SentencePiece entries; higher ids are markers without text.
 */
export const detokenize = (ids: readonly number[]): string => {
  const bytes: number[] = []
  for (const id of ids) {
    const piece = id > 2 ? llama.vocabById[id] : undefined
    if (piece === undefined) continue
    const byte = BYTE.exec(piece)
    if (byte) bytes.push(Number.parseInt(byte[1]!, 16))
    else bytes.push(...encoder.encode(piece.replaceAll('▁', ' ')))
  }
  return new TextDecoder().decode(Uint8Array.from(bytes)).trim()
}

const startsWord = (id: number): boolean =>
  llama.vocabById[id]?.startsWith('▁') ?? false

/** Groups decoded tokens into words; groups without text are omitted. */
export const decodedWords = ({ tokens, next }: Decoding): RecognizedWord[] => {
  const groups: Token[][] = []
  for (const token of tokens) {
    const last = groups.at(-1)
    if (!last || startsWord(token.id)) groups.push([token])
    else last.push(token)
  }
  return groups
    .map((group, index) => {
      const ids = group.map(({ id }) => id)
      return {
        text: detokenize(ids),
        tokens: ids,
        probability: Math.exp(Math.min(...group.map(({ logprob }) => logprob))),
        end: (groups[index + 1]?.[0] ?? next).after,
      }
    })
    .filter(({ text }) => text !== '')
}
