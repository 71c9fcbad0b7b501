import { setTimeout as wait } from 'node:timers/promises'
import {
  countNumbers,
  FaultProxy,
  SpeechServer,
  numberedAudio,
} from 'voxpipe/testing'
import type { RecognizedNumbers, FaultsEngine } from '../competitors.ts'
import type { Scenario } from './scenarios.ts'

/** What came of numbered words. */
export type WordCount = {
  readonly lost: number
  readonly doubled: number
  readonly reordered: number
  readonly broken: number
  readonly told: number
}

/**
 * Counts what came of numbered words, and of which lost ones the reader knows:
 * those in a gap that the transcript states, and, where an error ended it,
 * those after its last word.
 */
export const countRun = (
  texts: readonly string[],
  words: number,
  { gaps, failed }: RecognizedNumbers,
): WordCount => {
  const count = countNumbers(texts, words)
  const lost = new Set(count.lost)
  let last = words - 1
  while (lost.has(last)) last--
  const isTold = (word: number): boolean => {
    const { start, end } = placeOf(word)
    return (
      (failed && word > last) ||
      gaps.some(gap => gap.start < end && gap.end > start)
    )
  }
  return {
    lost: count.lost.length,
    doubled: count.doubled.length,
    reordered: count.outOfOrder.length,
    broken: count.broken.length,
    told: count.lost.filter(isTold).length,
  }
}

/** One engine's way through one fault. */
export type FaultRun = WordCount & {
  /** Null where no final came after the fault, or there was none. */
  readonly recoveryMs: number | null
  readonly reports: number
  /** By how much each chunk came too late from its source, in ms. */
  readonly late: readonly number[]
}

/** Silence after the last word, in ms: what ends its turn. */
const TAIL_MS = 2_000
/** How long finals may take after the last sample, in ms. */
const PATIENCE_MS = 60_000

/**
 * Has an engine hear numbered words of a server with a fault, and counts.
 *
 * @param speech the words, in chunks
 * @param word in the middle of which the fault happens, or as soon as there is
 *   a session
 * @throws where there was nothing that the fault could happen to, or the
 *   engine does not end
 */
export const runFault = async (
  engine: FaultsEngine,
  scenario: Scenario,
  {
    speech,
    words,
    word,
  }: {
    readonly speech: readonly Uint8Array[]
    readonly words: number
    readonly word: number
  },
): Promise<FaultRun> => {
  const { fault, lastsMs = 0, tailMs = TAIL_MS + lastsMs, pingMs } = scenario
  const { server: options = {}, begin, end } = scenario.make()
  await using server = await SpeechServer.listen(options)
  await using line = await FaultProxy.listen({ target: server.baseURL })
  const finals: { readonly at: number; readonly text: string }[] = []
  const due = (placeOf(word).start + placeOf(word).end) / 2
  let begun: number | undefined
  let ending: NodeJS.Timeout | undefined
  let reports = 0
  const late: number[] = []

  const onChunk = (ms: number, lateMs: number): void => {
    late.push(lateMs)
    if (ms < due || begun !== undefined) return
    // A busy machine may have been late to connect, or to answer a ping.
    if (begin && server.sessions === 0) return
    begun = performance.now()
    begin?.({ server, line })
    if (end) ending = setTimeout(() => end({ server, line }), lastsMs)
  }
  const chunks = [...speech, ...silence(tailMs)]
  const signal = AbortSignal.timeout(chunks.length * 50 + PATIENCE_MS)
  try {
    const heard = await engine.transcribe({
      baseURL: line.baseURL,
      frames: atRealTime(chunks, onChunk),
      pingMs,
      signal,
      onFinal: text => finals.push({ at: performance.now(), text }),
      onReport: () => reports++,
    })
    if (begin && begun === undefined)
      throw new Error(`there was no session for '${fault}' at word ${word}`)
    const texts = finals.map(({ text }) => text)
    const since = begun ?? Infinity
    const next = finals.find(({ at }) => at > since)
    return {
      ...countRun(texts, words, heard),
      recoveryMs: scenario.timed && next ? next.at - since : null,
      reports,
      late,
    }
  } finally {
    clearTimeout(ending)
  }
}

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
    for (let left; (left = due - performance.now()) > 0;)
      await wait(Math.ceil(left))
    onChunk(i * CHUNK_MS, performance.now() - due)
    yield chunk
  }
}
