import { open } from 'node:fs/promises'
import { pipeline, Readable } from 'node:stream'
import { chunksOf, Decoder, InputError, Resampler } from 'voxpipe'
import { wavBytes } from 'voxpipe/audio'

const RATE = 16_000
const READ_SIZE = 64 * 1024

/** Joins pieces of one channel into a copy. */
export const joinSamples = (
  parts: readonly Float32Array[],
): Float32Array<ArrayBuffer> => {
  const length = parts.reduce((frames, part) => frames + part.length, 0)
  const all = new Float32Array(length)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  try {
    const file = await open(path)
    yield* file.createReadStream({ highWaterMark: READ_SIZE })
  } catch (cause) {
    const { code, syscall } = cause as NodeJS.ErrnoException
    if (!syscall) throw cause
    const why =
      code === 'ENOENT'
        ? 'there is no such file; check the name'
        : `cannot be read (${code})`
    throw new InputError(`${path}: ${why}`, { cause })
  }
}

/**
 * Decodes all audio of a file to 16 kHz mono, in whatever format it is.
 *
 * @param input path, or the bytes of the file
 * @throws {InputError} for a file that cannot be read
 */
export const readSamples = async (
  input: string | Uint8Array,
  signal: AbortSignal,
): Promise<Float32Array> => {
  const bytes = typeof input === 'string' ? bytesOf(input) : [input]
  const source = Readable.from(bytes, { highWaterMark: 1 })
  const resampler = new Resampler({ sampleRate: RATE, signal })
  // Whoever reads the last stage is told of an error anywhere.
  pipeline(source, new Decoder({ signal }), resampler, () => {})
  const parts: Float32Array[] = []
  for await (const { channels } of chunksOf(resampler)) parts.push(channels[0]!)
  return joinSamples(parts)
}

/** Changes the rate of one channel. */
export const resampled = async (
  samples: Float32Array,
  from: number,
  to: number,
): Promise<Float32Array> => {
  const resampler = new Resampler({ sampleRate: to })
  resampler.end({ sampleRate: from, channels: [samples], offset: 0 })
  const parts: Float32Array[] = []
  for await (const { channels } of chunksOf(resampler)) parts.push(channels[0]!)
  return joinSamples(parts)
}

/** Returns mono speech at 16 kHz as the bytes of a WAV file. */
export const wavOf = (samples: Float32Array): Uint8Array =>
  wavBytes({ sampleRate: RATE, channels: [samples] })
