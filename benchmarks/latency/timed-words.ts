import type { Word } from 'voxpipe'
import { wordsOf } from '../word-errors.ts'

/** A delta's text, and when it arrived in ms on the audio clock. */
export type TimedText = { readonly text: string; readonly at: number }

/** A normalised word, and when it was complete. */
export type ArrivedWord = { readonly word: string; readonly at: number }

/** A word with its place in the audio, in ms, as the reference knows it. */
export type PlacedWord = Pick<Word, 'text' | 'start' | 'end'>

/**
 * Words of texts that are appended to each other, each with the arrival of
 * the text that holds its last letter: a comma that comes later does not make
 * a word late.
 */
export const arrivedWords = (texts: readonly TimedText[]): ArrivedWord[] => {
  const joined = texts.map(({ text }) => text).join('')
  const words: ArrivedWord[] = []
  let [index, end] = [0, texts[0]?.text.length ?? 0]
  // The normaliser parts words at spaces and hyphens.
  for (const { 0: token, index: start } of joined.matchAll(/[^\s\-–—]+/g)) {
    const last = start + token.replace(/[^\p{L}\p{N}]+$/u, '').length
    while (end < last) end += texts[++index]!.text.length
    for (const word of wordsOf(token))
      words.push({ word, at: texts[index]!.at })
  }
  return words
}

/**
 * Words normalised, with their times; one that is two by the normaliser gives
 * its end to the second, the first has none (`NaN`).
 */
export const normalizePlaced = <W extends PlacedWord>(
  words: readonly W[],
): (W & { readonly word: string })[] =>
  words.flatMap(placed => {
    const parts = wordsOf(placed.text)
    return parts.map((word, i) => ({
      ...placed,
      word,
      end: i === parts.length - 1 ? placed.end : Number.NaN,
    }))
  })
