import llama from 'llama-tokenizer-js'
import type { RecognizedWord } from '../recognizer.ts'
import type { Decoding, Token } from './moonshine.ts'

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

/** Whether a token begins with a space. */
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
