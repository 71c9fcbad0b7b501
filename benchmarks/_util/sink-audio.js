import { Readable } from 'node:stream'
import { Chunker, Resampler } from 'voxpipe'
import { localVad } from '../../dist/recognizers/local-vad.js'
import { numberedAudio } from 'voxpipe/testing'
import { longSpeech } from './speech.js'

/** Turns of numbered audio: 2 s and a pause of 1 s, in frames of 100 ms. */
export const turns = { turnFrames: 20, pauseFrames: 10 }

/** The chunk in which a turn begins, by the number of its first frame. */
export const chunkOf = frame =>
  (2 * frame * (turns.turnFrames + turns.pauseFrames)) / turns.turnFrames

/** Numbered audio in 50 ms chunks of 24 kHz, for so many seconds. */
export const numbered = seconds => {
  const share = turns.turnFrames / (turns.turnFrames + turns.pauseFrames)
  const frames = Math.ceil((seconds * 10 * share) / turns.turnFrames)
  return [...numberedAudio({ ...turns, frames: frames * turns.turnFrames })]
}

/** Speech in the same form. */
export const spoken = async seconds => {
  const samples = longSpeech(seconds)
  const source = Readable.from([
    { sampleRate: 16_000, channels: [samples], offset: 0 },
  ])
  return source
    .pipe(new Resampler({ sampleRate: 24_000 }))
    .pipe(new Chunker({ ms: 50 }))
    .toArray()
}

/**
 * Turns that local_vad finds in these chunks, from a detector that costs
 * nothing: what they are, and from when on they are known, is looked up.
 */
export const knownTurns = async chunks => {
  const vad = localVad({ type: 'local_vad' })(24_000)
  const found = []
  for (const { channels } of chunks) {
    const marks = await vad.push(channels[0])
    found.push({ marks, settled: vad.settled })
  }
  const last = await vad.end()
  await vad.close()
  return () => {
    let next = 0
    return {
      push: () => found[next++].marks,
      end: () => last,
      get settled() {
        return found[next - 1]?.settled ?? 0
      },
    }
  }
}
