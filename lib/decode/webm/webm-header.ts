import { ID, children, readFloat, readHead, readUint } from './webm-ebml.ts'

/** A track as `Tracks` describes it. */
export type WebmTrack = {
  readonly number: number
  readonly isAudio: boolean
  readonly codec: string
  readonly codecPrivate: Uint8Array
  /** Nanoseconds that the decoder is to drop from the start. */
  readonly codecDelayNs: number
  /** Whether its frames are compressed or encrypted once more. */
  readonly encoded: boolean
}

/** What comes before the first cluster. */
export type WebmHeader = {
  readonly tracks: readonly WebmTrack[]
  /** Nanoseconds of one tick of the clock. */
  readonly tickNs: number
  /** Declared length in milliseconds; undefined where the writer had none. */
  readonly durationMs: number | undefined
}

const parseTrack = (content: Uint8Array): WebmTrack => {
  const track = {
    number: 0,
    isAudio: false,
    codec: '',
    codecPrivate: new Uint8Array(0),
    codecDelayNs: 0,
    encoded: false,
  }
  for (const { id, body } of children(content)) {
    if (id === ID.TrackNumber) track.number = readUint(body)
    else if (id === ID.TrackType) track.isAudio = readUint(body) === 2
    else if (id === ID.CodecID)
      track.codec = Buffer.from(body).toString('latin1')
    else if (id === ID.CodecPrivate) track.codecPrivate = new Uint8Array(body)
    else if (id === ID.CodecDelay) track.codecDelayNs = readUint(body)
    else if (id === ID.ContentEncodings) track.encoded = true
  }
  return { ...track, codec: track.codec.replace(/\0+$/, '') }
}

/** The tracks in the content of `Tracks`. */
export const parseTracks = (content: Uint8Array): WebmTrack[] => {
  const tracks: WebmTrack[] = []
  for (const { id, body } of children(content))
    if (id === ID.TrackEntry) tracks.push(parseTrack(body))
  return tracks
}

/** Clock and length in the content of `Info`. */
export const parseInfo = (
  content: Uint8Array,
): { tickNs: number; durationMs: number | undefined } => {
  let tickNs = 1_000_000
  let ticks = 0
  for (const { id, body } of children(content)) {
    if (id === ID.TimestampScale) tickNs = readUint(body) || tickNs
    if (id === ID.Duration) ticks = readFloat(body)
  }
  const durationMs = (ticks * tickNs) / 1e6
  return { tickNs, durationMs: durationMs > 0 ? durationMs : undefined }
}

/**
 * The tracks of a WebM or Matroska file whose first bytes these are;
 * undefined where they have not been reached, or never come.
 */
export const peekTracks = (head: Uint8Array): WebmTrack[] | undefined => {
  for (let at = 0; at < head.length;) {
    const element = readHead(head, at)
    if (!element) return undefined
    at += element.bytes
    if (element.id === ID.Segment) continue
    if (element.id === ID.Cluster || element.size === undefined)
      return undefined
    if (element.id === ID.Tracks)
      return at + element.size <= head.length
        ? parseTracks(head.subarray(at, at + element.size))
        : undefined
    at += element.size
  }
  return undefined
}
