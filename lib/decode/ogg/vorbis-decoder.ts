import {
  OggVorbisDecoder,
  type OggVorbisDecodedAudio,
} from '@wasm-audio-decoders/ogg-vorbis'

type Pages = Parameters<OggVorbisDecoder['decodeOggPages']>[0]

/** Room for one packet in the decoder. */
const MAX_PACKET = 128 * 1024

/** Rate and channels in the first packet (Vorbis I 4.2.2). */
export const parseVorbisHead = (
  packet: Uint8Array,
): { sampleRate: number; channels: number } | undefined => {
  if (packet.length < 30 || packet[0] !== 1) return undefined
  const fields = new DataView(packet.buffer, packet.byteOffset, packet.length)
  const sampleRate = fields.getUint32(12, true)
  const channels = packet[11]!
  return sampleRate > 0 && channels > 0 ? { sampleRate, channels } : undefined
}

/** Decodes the packets of one Vorbis stream with the decoder of Tremor's kin. */
export class VorbisPacketDecoder {
  readonly #decoder: OggVorbisDecoder
  #setup: { head: Uint8Array; setup: Uint8Array } | undefined

  private constructor(
    decoder: OggVorbisDecoder,
    head: Uint8Array,
    setup: Uint8Array,
  ) {
    this.#decoder = decoder
    this.#setup = { head, setup }
  }

  /** Creates a decoder for the stream that two of its headers describe. */
  static async open(
    head: Uint8Array,
    setup: Uint8Array,
  ): Promise<VorbisPacketDecoder> {
    const decoder = new OggVorbisDecoder()
    await decoder.ready
    return new VorbisPacketDecoder(decoder, head, setup)
  }

  /** Decodes consecutive packets. */
  async decode(packets: readonly Uint8Array[]): Promise<Float32Array[]> {
    const fit = packets.filter(packet => packet.length <= MAX_PACKET)
    if (fit.length === 0) return []
    // The parts of the library's own page object that its decoder reads.
    const { head, setup } = this.#setup ?? {}
    this.#setup = undefined
    const pages = [
      {
        data: head ?? new Uint8Array(1),
        codecFrames: fit.map(data => ({
          data,
          header: { vorbisSetup: setup },
        })),
        isLastPage: false,
      },
    ] as unknown as Pages
    const decoded: OggVorbisDecodedAudio =
      await this.#decoder.decodeOggPages(pages)
    return decoded.channelData
  }

  /** Frees the decoder. */
  free(): void {
    this.#decoder.free()
  }
}
