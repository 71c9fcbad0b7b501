import {
  type OpusHead,
  parseOpusHead,
  OPUS_RATE,
  OpusPacketDecoder,
} from '../opus-decoder.ts'
import { type WebmFrames, WebmParser } from './webm-parser.ts'
import type { WebmHeader, WebmTrack } from './webm-header.ts'
import type { ByteSource } from '../byte-source.ts'
import { type Decoded, decodeFrames } from '../format-decoder.ts'

export const firstAudio = (
  tracks: readonly WebmTrack[],
): WebmTrack | undefined => tracks.find(track => track.isAudio)

export const isPlainOpus = (track: WebmTrack | undefined): boolean =>
  track?.codec === 'A_OPUS' && !track.encoded && headOf(track) !== undefined

const headOf = ({ codecPrivate }: WebmTrack): OpusHead | undefined =>
  parseOpusHead(codecPrivate)

const framesOf = (ns: number): number => Math.round((ns * OPUS_RATE) / 1e9)

/** Shortest gap; timestamps are rounded to ticks. */
const GAP_FRAMES = OPUS_RATE / 10
const MAX_GAP_FRAMES = OPUS_RATE * 3600

class WebmTimeline {
  #preSkip: number
  #base: number | undefined
  /** Frames since the base, including skipped ones. */
  #position = 0
  readonly #delay: number

  constructor(delay: number) {
    this.#delay = delay
    this.#preSkip = delay
  }

  place(channels: readonly Float32Array[], block: WebmFrames): Decoded {
    const frames = channels[0]?.length ?? 0
    const time = framesOf(block.timeNs)
    this.#base ??= time
    const ahead = time - this.#base - this.#position
    if (ahead > GAP_FRAMES && ahead < MAX_GAP_FRAMES) this.#position += ahead
    const discard = framesOf(block.discardNs)
    const front = this.#preSkip + Math.max(0, -discard)
    const from = Math.min(frames, front)
    this.#preSkip = Math.max(0, this.#preSkip - from)
    const to = Math.max(from, frames - Math.max(0, discard))
    const at = Math.max(0, this.#position + from - this.#delay)
    this.#position += frames
    return {
      type: 'audio',
      channels: channels.map(samples => samples.subarray(from, to)),
      at,
    }
  }
}

const describe = (head: OpusHead, header: WebmHeader): Decoded => {
  // The declared duration is that of the longest track.
  const alone = header.tracks.every(track => track.isAudio)
  const { durationMs } = header
  return {
    type: 'format',
    format: {
      container: 'webm',
      codec: 'opus',
      sampleRate: OPUS_RATE,
      channels: head.channels,
      ...(alone && durationMs && { durationMs }),
    },
    // It includes skipped frames and is rounded to packets.
    toleranceMs: 200,
  }
}

export async function* decodeWebm(source: ByteSource): AsyncGenerator<Decoded> {
  const parser = new WebmParser(firstAudio)
  let opus: OpusPacketDecoder | undefined
  let timeline: WebmTimeline | undefined

  async function* decode(
    blocks: Iterable<WebmFrames>,
  ): AsyncGenerator<Decoded> {
    for (const block of blocks) {
      const { track } = parser
      const head = track && headOf(track)
      if (!head) continue
      if (!opus) yield describe(head, parser.header!)
      opus ??= await OpusPacketDecoder.open(head, 'webm')
      // The track's delay is wrong more often than the head's.
      const preSkip = head.preSkip || framesOf(track.codecDelayNs)
      timeline ??= new WebmTimeline(preSkip)
      const { channels, damaged } = opus.decode(block.frames)
      yield timeline.place(channels, block)
      if (damaged > 0) yield { type: 'damage', what: 'a packet' }
    }
  }

  try {
    yield* decodeFrames(source, parser, decode, 'inside a block')
  } finally {
    opus?.free()
  }
}
