import { ByteBuffer } from '../byte-buffer.ts'
import {
  type Mp3Header,
  isMp3Run,
  parseMp3Header,
  sameMp3Stream,
  id3Bytes,
} from './mp3-header.ts'

/** A whole frame; `bytes` are good until the next `push`. */
export type Mp3Frame = {
  readonly bytes: Uint8Array
  readonly header: Mp3Header
}

/** Frames that must follow each other before a sync word is believed. */
const RUN = 3
/** Bytes by which every tag can be told. */
const TAG_HEADER = 32

/** Cuts MPEG audio into frames, in any portions, and finds them again after damage. */
export class Mp3Frames {
  readonly #buffer = new ByteBuffer()
  #stream: Mp3Header | undefined
  #synced = true
  #skip = 0
  #damaged = 0
  #cut = false

  /** Bytes passed over that were neither audio nor a tag. */
  get damaged(): number {
    return this.#damaged
  }

  /** After `end`: whether the input stopped inside a frame. */
  get cut(): boolean {
    return this.#cut
  }

  /** The frames that are whole with these bytes. */
  *push(bytes: Uint8Array): Generator<Mp3Frame> {
    this.#buffer.append(bytes)
    yield* this.#frames(false)
  }

  /** The frames left when no more bytes come. */
  *end(): Generator<Mp3Frame> {
    yield* this.#frames(true)
    this.#cut = this.#buffer.length > 0 || this.#skip > 0
  }

  *#frames(ended: boolean): Generator<Mp3Frame> {
    for (;;) {
      this.#drop()
      const held = this.#buffer.bytes
      if (this.#skip > 0 || held.length < 4) return
      const header = this.#synced ? this.#headerAt(held) : undefined
      if (header) {
        if (held.length < header.bytes) return
        this.#stream ??= header
        yield { bytes: held.subarray(0, header.bytes), header }
        this.#skip = header.bytes
      } else {
        if (!ended && held.length < TAG_HEADER) return
        // Only where a frame could be: elsewhere it would hang on portions.
        if (this.#synced) this.#skip = zeros(held) || tagBytes(held)
        if (this.#skip === 0 && !this.#resync(held, ended)) return
      }
    }
  }

  #headerAt(held: Uint8Array): Mp3Header | undefined {
    const header = parseMp3Header(held)
    if (!header || !this.#stream) return header
    return sameMp3Stream(this.#stream, header) ? header : undefined
  }

  #drop(): void {
    const count = Math.min(this.#skip, this.#buffer.length)
    this.#skip -= count
    this.#buffer.skip(count)
  }

  /** Moves to where a run of frames begins; false where bytes are needed. */
  #resync(held: Uint8Array, ended: boolean): boolean {
    this.#synced = false
    let at = held.indexOf(0xff)
    for (; at >= 0; at = held.indexOf(0xff, at + 1)) {
      const found = this.#believe(held, at, ended)
      if (found === false) continue
      this.#synced = found === true
      this.#damage(held.subarray(0, at))
      return this.#synced
    }
    this.#damage(held)
    return false
  }

  /** Whether frames begin at `at`; undefined where that is not clear yet. */
  #believe(held: Uint8Array, at: number, ended: boolean): boolean | undefined {
    const rest = held.subarray(at)
    if (rest.length < 4) return ended ? false : undefined
    const first = this.#headerAt(rest)
    if (!first) return false
    for (let run = 1; run <= RUN; run++)
      if (!isMp3Run(rest, 0, run, ended))
        return ended || reach(rest, run) ? false : undefined
    return true
  }

  #damage(bytes: Uint8Array): void {
    this.#damaged += bytes.length
    this.#buffer.skip(bytes.length)
  }
}

/** Whether the header of the frame number `run` lies within the bytes. */
const reach = (bytes: Uint8Array, run: number): boolean => {
  let at = 0
  for (let i = 1; i < run; i++) {
    const header = parseMp3Header(bytes, at)
    if (!header) return true
    at += header.bytes
  }
  return at + 4 <= bytes.length
}

/** Zeros at the start: padding. */
const zeros = (held: Uint8Array): number => {
  const end = held.findIndex(byte => byte !== 0)
  return end < 0 ? held.length : end
}

/** Length of a tag at the start: ID3v2, ID3v1, APE. */
const tagBytes = (held: Uint8Array): number => {
  const id = String.fromCharCode(...held.subarray(0, 8))
  if (id.startsWith('ID3')) return id3Bytes(held)
  if (id.startsWith('TAG')) return 128
  if (id === 'APETAGEX' && held.length >= 32)
    return new DataView(held.buffer, held.byteOffset).getUint32(12, true) + 32
  return 0
}
