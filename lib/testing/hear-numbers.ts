import { readNumbers } from './number-code.ts'

/**
 * The recogniser of numbered audio: `w50 w51` where frames 50 and 51 are
 * there from their first sample to their last, `~50` where only a part of
 * frame 50 is (both sides of a cut say so), `?` for audio that is none of
 * ours, and nothing for silence.
 *
 * @param audio mono, of any rate
 */
export const hearNumbers = (audio: Int16Array): string => {
  const words: string[] = []
  for (const { index, whole } of readNumbers(audio))
    words.push(index === undefined ? '?' : `${whole ? 'w' : '~'}${index}`)
  return words.join(' ')
}
