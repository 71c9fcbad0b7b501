import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { chunksOf, Decoder, Resampler } from '../../dist/index.js'
import { speechClips } from './speech.js'

/** A file's audio, 16 kHz mono, whatever it is. */
const decoded = async path => {
  const stages = [
    createReadStream(path),
    new Decoder(),
    new Resampler({ sampleRate: 16_000 }),
  ]
  const parts = []
  for await (const { channels } of chunksOf(pipeline(stages, () => {})))
    parts.push(channels[0])
  const samples = new Float32Array(
    parts.reduce((length, part) => length + part.length, 0),
  )
  let at = 0
  for (const part of parts) {
    samples.set(part, at)
    at += part.length
  }
  return samples
}

/**
 * Clips of speech with their samples and what is said in them, when.
 *
 * @param {string} [data] a folder with a manifest.json like the project's own
 */
export const loadClips = data =>
  Promise.all(
    speechClips(data).map(async ({ id, path, text, words }) => ({
      id,
      path,
      samples: await decoded(path),
      reference: {
        text,
        words: words.map(({ word, start, end }) => ({
          text: word,
          start: start * 1_000,
          end: end * 1_000,
        })),
      },
    })),
  )
