import { setTimeout } from 'node:timers/promises'
import { numberedAudio } from 'voxpipe/testing'

/** Length of a word and of what it is sent in, in ms. */
const [WORD_MS, CHUNK_MS] = [100, 50]
/** Words between two pauses, and words that a pause is as long as. */
const [TURN, PAUSE] = [10, 6]
/** 50 ms of 24 kHz, s16le. */
const SILENT = new Uint8Array(2_400)

/** Where a word lies in the audio, in ms. */
export const placeOf = (word: number): { start: number; end: number } => {
  const start = (word + Math.floor(word / TURN) * PAUSE) * WORD_MS
  return { start, end: start + WORD_MS }
}

/**
 * Numbered words in utterances of a second, with pauses of 600 ms between
 * them; in chunks of 50 ms, 24 kHz s16le.
 */
export const numberedSpeech = (words: number): Uint8Array[] =>
  Array.from(
    numberedAudio({ frames: words, turnFrames: TURN, pauseFrames: PAUSE }),
    ({ channels }) =>
      new Uint8Array(
        Int16Array.from(channels[0]!, s => Math.round(s * 32_768)).buffer,
      ),
  )

/** Silence, in chunks of 50 ms. */
export const silence = (ms: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(ms / CHUNK_MS) }, () => SILENT)

/**
 * Chunks as a microphone has them, each when its last sample has been spoken.
 * What is due goes by the first read alone, so that no error adds up.
 *
 * @param onChunk called before each, with its place in ms and by how many ms
 *   it is late
 */
export async function* atRealTime(
  chunks: readonly Uint8Array[],
  onChunk: (ms: number, lateMs: number) => void,
): AsyncGenerator<Uint8Array> {
  const begun = performance.now()
  for (const [i, chunk] of chunks.entries()) {
    const due = begun + (i + 1) * CHUNK_MS
    // Timers fire up to a millisecond early.
    for (let wait; (wait = due - performance.now()) > 0;)
      await setTimeout(Math.ceil(wait))
    onChunk(i * CHUNK_MS, performance.now() - due)
    yield chunk
  }
}
