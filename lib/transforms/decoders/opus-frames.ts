import { OpusDecoder } from 'opus-decoder'
import { type OpusHead, opusPacketSamples } from '../../audio/opus-packet.ts'
import { DecodeError } from '../../core/errors.ts'
import { replaceCall } from './quiet.ts'

/** Opus always decodes at this rate here. */
export const OPUS_RATE = 48_000

const MAX_CHANNELS = 64

/** Room for one packet in the decoder, per channel. */
const MAX_PACKET = 3840

/** PCM of some packets that follow each other. */
export type OpusAudio = {
  readonly channels: Float32Array[]
  /** Packets left out, or replaced by silence, because they are damaged. */
  readonly damaged: number
}

/** Decodes the packets of one Opus stream with libopus. */
export class OpusFrames {
  readonly #head: OpusHead
  readonly #decoder: OpusDecoder

  private constructor(head: OpusHead, decoder: OpusDecoder) {
    this.#head = head
    this.#decoder = decoder
  }

  /** Makes a decoder for the stream that a head describes. */
  static async open(head: OpusHead, container: string): Promise<OpusFrames> {
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
    // The decoder prints the errors of packets of several streams: their
    // framing is not checked before. It is to see that no samples came.
    replaceCall(
      decoder,
      'opus_frame_decode_float_deinterleaved',
      original =>
        (...args) =>
          Math.max(0, original(...args)),
    )
    return new OpusFrames(head, decoder)
  }

  /** The PCM of packets; one that fails becomes silence of its length. */
  decode(packets: readonly Uint8Array[]): OpusAudio {
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

  /** Frees the decoder. */
  free(): void {
    this.#decoder.free()
  }
}
