import {
  OggVorbisDecoder,
  type OggVorbisDecodedAudio,
} from '@wasm-audio-decoders/ogg-vorbis'
import type { ByteSource } from '../byte-source.ts'
import { type Decoded, decodeFrames } from '../format-decoder.ts'
import { parseOpusHead, OPUS_RATE, OpusPacketDecoder } from '../opus-decoder.ts'
import { OggPacketAssembler, OggPacketReader } from './ogg-packets.ts'
import {
  type OggPage,
  type OggCodecName,
  oggCodecOf,
  OggPages,
} from './ogg-pages.ts'

type Pages = Parameters<OggVorbisDecoder['decodeOggPages']>[0]

const MAX_PACKET = 128 * 1024

/** Reads the identification header (Vorbis I 4.2.2). */
const parseVorbisHead = (
  packet: Uint8Array,
): { sampleRate: number; channels: number } | undefined => {
  if (packet.length < 30 || packet[0] !== 1) return undefined
  const fields = new DataView(packet.buffer, packet.byteOffset, packet.length)
  const sampleRate = fields.getUint32(12, true)
  const channels = packet[11]!
  return sampleRate > 0 && channels > 0 ? { sampleRate, channels } : undefined
}

class VorbisPacketDecoder {
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

  static async open(
    head: Uint8Array,
    setup: Uint8Array,
  ): Promise<VorbisPacketDecoder> {
    const decoder = new OggVorbisDecoder()
    await decoder.ready
    return new VorbisPacketDecoder(decoder, head, setup)
  }

  async decode(packets: readonly Uint8Array[]): Promise<Float32Array[]> {
    const fit = packets.filter(packet => packet.length <= MAX_PACKET)
    if (fit.length === 0) return []
    // The parts of the library's page object that its decoder reads.
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

  free(): void {
    this.#decoder.free()
  }
}

type OggAudio = {
  readonly channels: Float32Array[]
  readonly at: number
}

type OggPlace = {
  /** Index of its first frame. */
  readonly at: number
  /** Frames to drop at the start, and to keep after those. */
  readonly skip: number
  readonly keep: number
}

/** Shortest jump of the clock, in seconds; shorter ones are ignored. */
const MAX_JITTER_S = 0.1

/**
 * Places the PCM of pages by granule positions: drops frames before the start
 * (`preSkip`) and after the end of the stream, and corrects the clock after
 * lost pages (RFC 7845 4, Vorbis I A.2).
 */
export class OggTimeline {
  readonly #preSkip: number
  readonly #maxJitter: number
  #base: number | undefined
  /** Placed frames since the base, including `preSkip`. */
  #position = 0
  #unsure = false

  constructor(sampleRate: number, preSkip: number) {
    this.#preSkip = preSkip
    this.#maxJitter = Math.round(sampleRate * MAX_JITTER_S)
  }

  /**
   * @param frames PCM frames of the packets that end in the page
   * @param lost whether something in or before this page is missing: then the
   * next granule position counts, not the number of frames
   */
  place(
    frames: number,
    page: { granule: number | undefined; last: boolean },
    lost: boolean,
  ): OggPlace {
    const { granule, last } = page
    const position = this.#position
    let end = position + frames
    let cut = 0
    this.#unsure ||= lost
    // Granule positions of header pages are 0.
    if (frames === 0) return { at: position, skip: 0, keep: 0 }
    if (granule !== undefined) {
      if (this.#base === undefined) {
        // A page that is both first and last is trimmed at its end.
        const early = granule - frames
        this.#base = last ? Math.max(0, early) : this.#unsure ? 0 : early
      }
      const declared = granule - this.#base
      if (last && declared < end) cut = Math.min(frames, end - declared)
      else if (this.#unsure || declared - end > this.#maxJitter) end = declared
      this.#unsure = false
    }
    const start = end - frames
    this.#position = end
    // If the first granule is below its number of frames, the excess is not
    // audio.
    const before = this.#preSkip + Math.max(0, -(this.#base ?? 0))
    const passed = Math.max(before, position) - start
    const skip = Math.min(frames, Math.max(0, passed))
    return {
      at: Math.max(0, start + skip - before),
      skip,
      keep: Math.max(0, frames - skip - cut),
    }
  }
}

class OggLogicalStream {
  readonly serial: number
  readonly codec: OggCodecName
  readonly #reader = new OggPacketReader()
  readonly #assembler = new OggPacketAssembler()
  #heads: Uint8Array[] = []
  #format: { sampleRate: number; channels: number } | undefined
  #timeline: OggTimeline | undefined
  #opus: OpusPacketDecoder | undefined
  #vorbis: VorbisPacketDecoder | undefined
  #sequence: number | undefined
  ended = false
  /** Number of lost pages and damaged packets. */
  damaged = 0

  constructor(first: OggPage, codec: OggCodecName) {
    this.serial = first.serial
    this.codec = codec
  }

  /** Set once the headers have been read. */
  get format(): { sampleRate: number; channels: number } | undefined {
    return this.#timeline && this.#format
  }

  async read(page: OggPage): Promise<OggAudio | undefined> {
    // Headers of damaged pages are not read.
    if (!page.intact && !this.#timeline) return undefined
    const expected = this.#sequence ?? page.sequence
    const sequence = page.intact ? page.sequence : expected
    let lost = sequence !== expected || !page.intact
    this.#sequence = (sequence + 1) >>> 0
    if (sequence !== expected) this.#assembler.reset()
    const packets = this.#assembler
      .push(page)
      .flatMap(whole => this.#reader.read(whole))
    if (this.#assembler.takeIncomplete()) lost = true
    if (lost) this.damaged++
    this.ended ||= page.last
    const audio = []
    for (const packet of packets)
      if (!this.#timeline) await this.#readHead(packet)
      else audio.push(packet)
    return this.#timeline && this.#decode(this.#timeline, page, audio, lost)
  }

  free(): void {
    this.#reader.free()
    this.#opus?.free()
    this.#vorbis?.free()
  }

  async #readHead(packet: Uint8Array): Promise<void> {
    if (this.codec === 'opus') {
      const head = parseOpusHead(packet)
      if (!head) return
      this.#opus = await OpusPacketDecoder.open(head, 'ogg')
      this.#format = { sampleRate: OPUS_RATE, channels: head.channels }
      this.#timeline = new OggTimeline(OPUS_RATE, head.preSkip)
      return
    }
    this.#format ??= parseVorbisHead(packet)
    // Packet type 3, the comments, is not needed.
    if (packet[0] === 1 || packet[0] === 5)
      this.#heads.push(new Uint8Array(packet))
    const [head, setup] = this.#heads
    if (!this.#format || !head || !setup) return
    this.#vorbis = await VorbisPacketDecoder.open(head, setup)
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
      const decoded = this.#opus.decode(sound)
      channels = decoded.channels
      this.damaged += decoded.damaged
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

const sameFormat = (
  a: OggLogicalStream['format'],
  b: OggLogicalStream['format'],
): boolean =>
  !a || !b || (a.sampleRate === b.sampleRate && a.channels === b.channels)

/** Decodes the first Opus or Vorbis stream and those chained to it. */
export async function* decodeOgg(source: ByteSource): AsyncGenerator<Decoded> {
  const parser = new OggPages()
  let stream: OggLogicalStream | undefined
  let format: OggLogicalStream['format']
  // Start of the current stream, and end of the audio so far.
  let origin = 0
  let end = 0
  // Whether a stream of another format follows, which is omitted.
  let changed = false

  /** Opens the first audio stream or the next chained one. */
  const open = (page: OggPage): void => {
    const codec = oggCodecOf(page.body)
    if (codec !== 'opus' && codec !== 'vorbis') return
    // Multiplexed streams start before the first has a format.
    if (stream && !stream.format) return
    stream?.free()
    stream = new OggLogicalStream(page, codec)
    origin = end
  }

  async function* decode(pages: Iterable<OggPage>): AsyncGenerator<Decoded> {
    for (const page of pages) {
      if (page.first && page.intact) open(page)
      if (!stream || page.serial !== stream.serial) continue
      const { damaged, codec } = stream
      const audio = await stream.read(page)
      if (stream.format && !format) {
        format = stream.format
        yield { type: 'format', format: { container: 'ogg', codec, ...format } }
      }
      changed = !sameFormat(stream.format, format)
      if (stream.damaged > damaged) yield { type: 'damage', what: 'a page' }
      if (changed) return
      if (!audio) continue
      const at = origin + audio.at
      end = at + audio.channels[0]!.length
      yield { type: 'audio', channels: audio.channels, at }
    }
  }

  try {
    const isOver = (): boolean => changed
    yield* decodeFrames(source, parser, decode, 'inside a page', isOver)
    if (isOver())
      yield { type: 'truncated', where: 'at a change of rate or channels' }
    else if (!parser.truncated && !stream?.ended)
      yield { type: 'truncated', where: 'before the last page of the stream' }
  } finally {
    stream?.free()
  }
}
