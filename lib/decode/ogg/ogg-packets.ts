import type { opus } from 'prism-media'
// The whole package has a require() that no bundler can follow.
// @ts-expect-error: it has no types of its own
import Demuxer from 'prism-media/src/opus/OggDemuxer.js'

const OggDemuxer = Demuxer as typeof opus.OggDemuxer

/**
 * Takes the packets out of Ogg pages with prism-media's demuxer. It reads
 * neither checksums nor granule positions, gives up where a page is damaged
 * and waits for ever where a packet goes on in the next page: so pages come
 * to it checked (`OggPages`) and straightened (`OggStraightener`).
 */
export class OggPackets {
  readonly #demuxer = new OggDemuxer()
  #packets: Uint8Array[] = []

  constructor() {
    const take = (packet: Uint8Array) => this.#packets.push(packet)
    // Packets before a head of Opus come as unknown: those of Vorbis all do.
    for (const event of ['head', 'tags', 'unknownSegment'])
      this.#demuxer.on(event, take)
  }

  /** The packets of one page. */
  split(page: Uint8Array): Uint8Array[] {
    this.#packets = []
    this.#demuxer.write(page)
    for (let packet; (packet = this.#demuxer.read() as Uint8Array | null);)
      this.#packets.push(packet)
    return this.#packets
  }

  /** Frees the demuxer. */
  free(): void {
    this.#demuxer.destroy()
  }
}
