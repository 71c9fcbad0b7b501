import type { OggPage } from './ogg-pages.ts'
import { OggStraightener, OggTimeline } from './ogg-straightener.ts'
import {
  type OpusHead,
  parseOpusHead,
  OPUS_RATE,
  OpusFrames,
} from '../opus-frames.ts'
import type { OggCodecName } from './ogg-codec.ts'
import { OggPackets } from './ogg-packets.ts'
import { VorbisFrames, parseVorbisHead } from './vorbis-frames.ts'

/** PCM of one page, and its place in the link. */
export type OggAudio = {
  readonly channels: Float32Array[]
  readonly at: number
}

/** One logical stream of an Ogg: `OpusHead` or Vorbis, to its last page. */
export class OggLink {
  readonly serial: number
  readonly codec: OggCodecName
  readonly #packets = new OggPackets()
  readonly #straightener = new OggStraightener()
  #heads: Uint8Array[] = []
  #format: { sampleRate: number; channels: number } | undefined
  #timeline: OggTimeline | undefined
  #opus: { head: OpusHead; frames: OpusFrames } | undefined
  #vorbis: VorbisFrames | undefined
  #sequence: number | undefined
  #ended = false
  #damaged = 0

  constructor(first: OggPage, codec: OggCodecName) {
    this.serial = first.serial
    this.codec = codec
  }

  /** Known when the headers are through. */
  get format(): { sampleRate: number; channels: number } | undefined {
    return this.#timeline && this.#format
  }

  /** Whether its last page has come. */
  get ended(): boolean {
    return this.#ended
  }

  /** Pages lost and packets damaged so far. */
  get damaged(): number {
    return this.#damaged
  }

  /** Reads its next page. */
  async read(page: OggPage): Promise<OggAudio | undefined> {
    // Where a page may be wrong, no headers are taken from it.
    if (!page.intact && !this.#timeline) return undefined
    const expected = this.#sequence ?? page.sequence
    const sequence = page.intact ? page.sequence : expected
    let lost = sequence !== expected || !page.intact
    this.#sequence = (sequence + 1) >>> 0
    if (sequence !== expected) this.#straightener.reset()
    const packets = this.#straightener
      .push(page)
      .flatMap(straight => this.#packets.split(straight))
    if (this.#straightener.takeLost()) lost = true
    if (lost) this.#damaged++
    this.#ended ||= page.last
    const audio = []
    for (const packet of packets)
      if (!this.#timeline) await this.#readHead(packet)
      else audio.push(packet)
    return this.#timeline && this.#decode(this.#timeline, page, audio, lost)
  }

  /** Frees the decoders. */
  free(): void {
    this.#packets.free()
    this.#opus?.frames.free()
    this.#vorbis?.free()
  }

  async #readHead(packet: Uint8Array): Promise<void> {
    if (this.codec === 'opus') {
      const head = parseOpusHead(packet)
      if (!head) return
      const frames = await OpusFrames.open(head, 'ogg')
      this.#opus = { head, frames }
      this.#format = { sampleRate: OPUS_RATE, channels: head.channels }
      this.#timeline = new OggTimeline(OPUS_RATE, head.preSkip)
      return
    }
    this.#format ??= parseVorbisHead(packet)
    // The comments between the two are of no use.
    if (packet[0] === 1 || packet[0] === 5)
      this.#heads.push(new Uint8Array(packet))
    const [head, setup] = this.#heads
    if (!this.#format || !head || !setup) return
    this.#vorbis = await VorbisFrames.open(head, setup)
    this.#timeline = new OggTimeline(this.#format.sampleRate, 0)
  }

  async #decode(
    timeline: OggTimeline,
    page: OggPage,
    packets: Uint8Array[],
    lost: boolean,
  ): Promise<OggAudio | undefined> {
    let channels: Float32Array[]
    let gap = lost
    if (this.#opus) {
      const sound = packets.filter(packet => !isTags(packet))
      const decoded = this.#opus.frames.decode(sound)
      channels = decoded.channels
      this.#damaged += decoded.damaged
      gap ||= decoded.damaged > 0
    } else channels = (await this.#vorbis?.decode(packets)) ?? []
    const frames = channels[0]?.length ?? 0
    const { at, skip, keep } = timeline.place(frames, page, gap)
    if (keep === 0) return undefined
    return { channels: channels.map(c => c.subarray(skip, skip + keep)), at }
  }
}

const isTags = (packet: Uint8Array): boolean =>
  String.fromCharCode(...packet.subarray(0, 8)) === 'OpusTags'
