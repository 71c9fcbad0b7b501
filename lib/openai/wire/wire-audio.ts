import { endianness } from 'node:os'
import { ALAW, MULAW } from '../../audio/pcm.ts'
import type { InputFormat } from './session-config.ts'

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

/** Bytes of a base64 text; undefined where it is none. */
export const fromBase64 = (text: string): Buffer | undefined =>
  text.length % 4 === 0 && BASE64.test(text)
    ? Buffer.from(text, 'base64')
    : undefined

/** Samples a second of what comes in a format. */
export const rateOf = (format: InputFormat): number =>
  format.type === 'audio/pcm' ? format.rate : 8_000

const companded = (bytes: Uint8Array, table: Float32Array): Int16Array => {
  const samples = new Int16Array(bytes.length)
  for (let i = 0; i < bytes.length; i++) samples[i] = table[bytes[i]!]! * 32_768
  return samples
}

/** Turns the bytes of a session into samples, wherever they are cut. */
export class WireAudio {
  #odd = Buffer.alloc(0)

  push(bytes: Buffer, format: InputFormat): Int16Array {
    if (format.type === 'audio/pcmu') return companded(bytes, MULAW)
    if (format.type === 'audio/pcma') return companded(bytes, ALAW)
    const all = this.#odd.length > 0 ? Buffer.concat([this.#odd, bytes]) : bytes
    const samples = new Int16Array(all.length >> 1)
    const copy = Buffer.from(samples.buffer)
    all.copy(copy, 0, 0, copy.length)
    if (endianness() === 'BE') copy.swap16()
    this.#odd = Buffer.from(all.subarray(2 * samples.length))
    return samples
  }
}
