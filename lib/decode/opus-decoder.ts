import { OpusDecoder } from 'opus-decoder'
import { DecodeError } from '../core/errors.ts'
import { patchWasm } from './format-decoder.ts'

/** The head of an Opus stream (RFC 7845 5.1). */
export type OpusHead = {
  readonly channels: number
  /** Frames at 48 kHz to drop from the start. */
  readonly preSkip: number
  /** Factor for every sample. */
  readonly gain: number
  readonly streams: number
  readonly coupled: number
  /** Decoded channel of each output channel; 255 is silence. */
  readonly mapping: readonly number[]
}

const ID = 'OpusHead'

/** Reads an `OpusHead` packet; undefined if it is invalid. */
export const parseOpusHead = (bytes: Uint8Array): OpusHead | undefined => {
  if (bytes.length < 19) return undefined
  if (String.fromCharCode(...bytes.subarray(0, 8)) !== ID) return undefined
  const fields = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const channels = bytes[9]!
  const head = {
    channels,
    preSkip: fields.getUint16(10, true),
    gain: 10 ** (fields.getInt16(16, true) / (20 * 256)),
  }
  if (bytes[8]! >> 4 !== 0 || channels === 0) return undefined
  if (bytes[18] === 0) {
    if (channels > 2) return undefined
    const mapping = channels === 1 ? [0] : [0, 1]
    return { ...head, streams: 1, coupled: channels - 1, mapping }
  }
  const streams = bytes[19] ?? 0
  const coupled = bytes[20] ?? 0
  const mapping = [...bytes.subarray(21, 21 + channels)]
  const known = (index: number) => index === 255 || index < streams + coupled
  if (mapping.length < channels || !mapping.every(known)) return undefined
  if (streams === 0 || coupled > streams || streams + coupled > 255)
    return undefined
  return { ...head, streams, coupled, mapping }
}

/** Samples at 48 kHz of one Opus frame, by the configuration in its TOC. */
const frameSamples = (toc: number): number => {
  const config = toc >> 3
  if (config < 12) return [480, 960, 1920, 2880][config & 3]!
  if (config < 16) return config & 1 ? 960 : 480
  return 120 << (config & 3)
}

/** Reads a length and its size in bytes; -1 beyond the end. */
const lengthAt = (bytes: Uint8Array, at: number): [number, number] => {
  const first = bytes[at]
  if (first === undefined) return [-1, 1]
  if (first < 252) return [first, 1]
  const second = bytes[at + 1]
  return second === undefined ? [-1, 2] : [second * 4 + first, 2]
}

const MAX_FRAME = 1275

/** Whether the frames of a code 3 packet fit (RFC 6716 3.2.5). */
const fitsCode3 = (bytes: Uint8Array, count: number): boolean => {
  let at = 2
  let size = bytes.length - 2
  if (bytes[1]! & 0x40) {
    let pad
    do {
      pad = bytes[at++]
      if (pad === undefined) return false
      size -= 1 + (pad === 255 ? 254 : pad)
    } while (pad === 255)
  }
  if (size < 0) return false
  if (!(bytes[1]! & 0x80))
    return size % count === 0 && size / count <= MAX_FRAME
  for (let i = 1; i < count; i++) {
    const [length, used] = lengthAt(bytes, at)
    at += used
    size -= used + length
    if (length < 0 || size < 0) return false
  }
  return size <= MAX_FRAME
}

/** Samples at 48 kHz of a packet; undefined if it violates RFC 6716 3.4. */
export const opusPacketSamples = (
  bytes: Uint8Array,
  streams = 1,
): number | undefined => {
  if (bytes.length === 0) return undefined
  const toc = bytes[0]!
  const code = toc & 3
  const count = code === 0 ? 1 : code < 3 ? 2 : (bytes[1] ?? 0) & 63
  const samples = count * frameSamples(toc)
  if (count === 0 || samples > 5760) return undefined
  // Multistream packets are self-delimiting; the decoder checks them.
  if (streams > 1) return samples
  const size = bytes.length - 1
  if (code === 0) return size <= MAX_FRAME ? samples : undefined
  if (code === 1)
    return size % 2 === 0 && size / 2 <= MAX_FRAME ? samples : undefined
  if (code === 3) return fitsCode3(bytes, count) ? samples : undefined
  const [length, used] = lengthAt(bytes, 1)
  const second = size - used - length
  return length >= 0 && second >= 0 && second <= MAX_FRAME ? samples : undefined
}

export const OPUS_RATE = 48_000

const MAX_CHANNELS = 64

const MAX_PACKET = 3840

export class OpusPacketDecoder {
  readonly #head: OpusHead
  readonly #decoder: OpusDecoder

  private constructor(head: OpusHead, decoder: OpusDecoder) {
    this.#head = head
    this.#decoder = decoder
  }

  static async open(
    head: OpusHead,
    container: string,
  ): Promise<OpusPacketDecoder> {
    const { channels, streams, coupled, mapping } = head
    if (channels > MAX_CHANNELS)
      throw new DecodeError(
        container,
        `the Opus stream has ${channels} channels; up to ${MAX_CHANNELS} can be read`,
      )
    const decoder = new OpusDecoder({
      channels,
      streamCount: streams,
      coupledStreamCount: coupled,
      channelMappingTable: [...mapping],
    })
    await decoder.ready
    // The decoder prints errors of multistream packets, which are not checked
    // before; without samples it does not.
    patchWasm(
      decoder,
      'opus_frame_decode_float_deinterleaved',
      original =>
        (...args) =>
          Math.max(0, original(...args)),
    )
    return new OpusPacketDecoder(head, decoder)
  }

  /** Decodes packets; one that fails becomes silence of its duration. */
  decode(packets: readonly Uint8Array[]) {
    const { channels, gain, streams } = this.#head
    const lengths = packets.map(packet =>
      packet.length > MAX_PACKET * channels
        ? undefined
        : opusPacketSamples(packet, streams),
    )
    const total = lengths.reduce<number>(
      (sum, length) => sum + (length ?? 0),
      0,
    )
    const out = Array.from({ length: channels }, () => new Float32Array(total))
    let damaged = 0
    let at = 0
    for (const [i, packet] of packets.entries()) {
      const length = lengths[i]
      if (length !== undefined) {
        const decoded = this.#decoder.decodeFrame(packet)
        if (decoded.samplesDecoded === length)
          for (const [c, to] of out.entries())
            to.set(decoded.channelData[c]!, at)
        else damaged++
        at += length
      } else damaged++
    }
    if (gain !== 1)
      for (const to of out)
        for (let i = 0; i < to.length; i++) to[i] = to[i]! * gain
    return { channels: out, damaged }
  }

  free(): void {
    this.#decoder.free()
  }
}
