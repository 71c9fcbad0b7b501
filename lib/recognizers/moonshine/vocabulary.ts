import llama from 'llama-tokenizer-js'

const BYTE = /^<0x([0-9A-F]{2})>$/
const encoder = new TextEncoder()

/**
 * Turns Moonshine's token ids into text. Its vocabulary is Llama's 32,000
 * SentencePiece entries; ids above are markers that print as nothing.
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
export const startsWord = (id: number): boolean =>
  llama.vocabById[id]?.startsWith('▁') ?? false
