import {
  type OpusHead,
  parseOpusHead,
  OPUS_RATE,
  OpusFrames,
} from '../opus-frames.ts'
import { type WebmFrames, WebmParser } from './webm-parser.ts'
import type { WebmHeader, WebmTrack } from './webm-header.ts'
import type { ByteSource } from '../byte-source.ts'
import { BLOCK_BYTES, type Decoded } from '../decoded.ts'

/** The track to transcribe: the first with sound. */
export const firstAudio = (
  tracks: readonly WebmTrack[],
): WebmTrack | undefined => tracks.find(track => track.isAudio)

/** Whether a track can be decoded here. */
export const isPlainOpus = (track: WebmTrack | undefined): boolean =>
  track?.codec === 'A_OPUS' && !track.encoded && headOf(track) !== undefined

const headOf = ({ codecPrivate }: WebmTrack): OpusHead | undefined =>
  parseOpusHead(codecPrivate)

const framesOf = (ns: number): number => Math.round((ns * OPUS_RATE) / 1e9)

/** A step of the clock that is more than the rounding of its ticks. */
const GAP_FRAMES = OPUS_RATE / 10
const MAX_GAP_FRAMES = OPUS_RATE * 3600

/** Places blocks by their timestamps, and trims their ends. */
class Timeline {
  #preSkip: number
  #base: number | undefined
  /** Frames since the base, those that are skipped among them. */
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
  // The declared length is that of the longest track.
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
    // It counts the frames that are skipped, and rounds to packets.
    toleranceMs: 200,
  }
}

/** Reads Opus in WebM or Matroska. */
export async function* decodeWebm(source: ByteSource): AsyncGenerator<Decoded> {
  const parser = new WebmParser(firstAudio)
  let opus: OpusFrames | undefined
  let timeline: Timeline | undefined
  let damaged = 0
  try {
    for (let bytes; (bytes = await source.next(BLOCK_BYTES));) {
      for (const block of parser.push(bytes)) {
        const { track } = parser
        const head: OpusHead | undefined = track && headOf(track)
        if (!track || !head) continue
        if (!opus) yield describe(head, parser.header!)
        opus ??= await OpusFrames.open(head, 'webm')
        // Writers get the delay of the track wrong more often than the head.
        timeline ??= new Timeline(head.preSkip || framesOf(track.codecDelayNs))
        const decoded = opus.decode(block.frames)
        yield timeline.place(decoded.channels, block)
        if (decoded.damaged > 0) yield { type: 'damage', what: 'a packet' }
      }
      if (parser.damaged > damaged)
        yield { type: 'damage', what: `${parser.damaged - damaged} bytes` }
      damaged = parser.damaged
    }
    parser.end()
    if (parser.cut) yield { type: 'cut', where: 'inside a block' }
  } finally {
    opus?.free()
  }
}
