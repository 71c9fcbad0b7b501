/** Head of an EBML element (RFC 8794 5). */
export type EbmlHead = {
  readonly id: number
  /** Size of the content; undefined if unknown. */
  readonly size: number | undefined
  readonly bytes: number
}

/** Matroska element IDs (RFC 9559 5). */
export const EBML_ID = {
  EBML: 0x1a45dfa3,
  Segment: 0x18538067,
  Info: 0x1549a966,
  TimestampScale: 0x2ad7b1,
  Duration: 0x4489,
  Tracks: 0x1654ae6b,
  TrackEntry: 0xae,
  TrackNumber: 0xd7,
  TrackType: 0x83,
  CodecID: 0x86,
  CodecPrivate: 0x63a2,
  CodecDelay: 0x56aa,
  ContentEncodings: 0x6d80,
  Cluster: 0x1f43b675,
  Timestamp: 0xe7,
  SimpleBlock: 0xa3,
  BlockGroup: 0xa0,
  Block: 0xa1,
  DiscardPadding: 0x75a2,
} as const

const lengthOf = (first: number): number => Math.clz32(first << 24) + 1

/**
 * Reads a number of variable length. `bytes` is 0 if it needs more bytes, and 9
 * if it is invalid.
 */
export const readVint = (
  held: Uint8Array,
  at: number,
): { value: number; bytes: number; unknown: boolean } => {
  const first = held[at]
  if (first === undefined) return { value: 0, bytes: 0, unknown: false }
  const bytes = lengthOf(first)
  if (bytes > 8) return { value: 0, bytes: 9, unknown: false }
  if (at + bytes > held.length) return { value: 0, bytes: 0, unknown: false }
  let value = first & (0xff >> bytes)
  let unknown = value === 0xff >> bytes
  for (let i = 1; i < bytes; i++) {
    const byte = held[at + i]!
    unknown &&= byte === 0xff
    value = value * 256 + byte
  }
  return { value, bytes, unknown }
}

/**
 * Reads an element's head; undefined if it needs more bytes, null if it is
 * invalid.
 */
export const readHead = (
  held: Uint8Array,
  at: number,
): EbmlHead | undefined | null => {
  const first = held[at]
  if (first === undefined) return undefined
  const idBytes = lengthOf(first)
  if (idBytes > 4) return null
  if (at + idBytes > held.length) return undefined
  let id = 0
  for (let i = 0; i < idBytes; i++) id = id * 256 + held[at + i]!
  const size = readVint(held, at + idBytes)
  if (size.bytes === 9) return null
  if (size.bytes === 0) return undefined
  return {
    id,
    size: size.unknown ? undefined : size.value,
    bytes: idBytes + size.bytes,
  }
}

export function* children(
  content: Uint8Array,
): Generator<{ id: number; body: Uint8Array }> {
  for (let at = 0; at < content.length;) {
    const head = readHead(content, at)
    if (!head || head.size === undefined) return
    at += head.bytes
    yield { id: head.id, body: content.subarray(at, at + head.size) }
    at += head.size
  }
}

export const readUint = (body: Uint8Array): number =>
  body.reduce((value, byte) => value * 256 + byte, 0)

export const readInt = (body: Uint8Array): number =>
  body.length > 0 && body[0]! & 0x80
    ? readUint(body) - 256 ** body.length
    : readUint(body)

/** Reads a number of 4 or 8 bytes; 0 for other sizes. */
export const readFloat = (body: Uint8Array): number => {
  const view = new DataView(body.buffer, body.byteOffset, body.length)
  if (body.length === 4) return view.getFloat32(0)
  return body.length === 8 ? view.getFloat64(0) : 0
}

export type WebmTrack = {
  readonly number: number
  readonly isAudio: boolean
  readonly codec: string
  readonly codecPrivate: Uint8Array
  /** Nanoseconds to drop from the start. */
  readonly codecDelayNs: number
  readonly encoded: boolean
}

export type WebmHeader = {
  readonly tracks: readonly WebmTrack[]
  /** Duration of a clock tick in ns. */
  readonly tickNs: number
  /** Declared duration in ms, if known. */
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
    if (id === EBML_ID.TrackNumber) track.number = readUint(body)
    else if (id === EBML_ID.TrackType) track.isAudio = readUint(body) === 2
    else if (id === EBML_ID.CodecID)
      track.codec = Buffer.from(body).toString('latin1')
    else if (id === EBML_ID.CodecPrivate)
      track.codecPrivate = new Uint8Array(body)
    else if (id === EBML_ID.CodecDelay) track.codecDelayNs = readUint(body)
    else if (id === EBML_ID.ContentEncodings) track.encoded = true
  }
  return { ...track, codec: track.codec.replace(/\0+$/, '') }
}

/** Reads the content of `Tracks`. */
export const parseTracks = (content: Uint8Array): WebmTrack[] => {
  const tracks: WebmTrack[] = []
  for (const { id, body } of children(content))
    if (id === EBML_ID.TrackEntry) tracks.push(parseTrack(body))
  return tracks
}

/** Reads the content of `Info`. */
export const parseInfo = (
  content: Uint8Array,
): { tickNs: number; durationMs: number | undefined } => {
  let tickNs = 1_000_000
  let ticks = 0
  for (const { id, body } of children(content)) {
    if (id === EBML_ID.TimestampScale) tickNs = readUint(body) || tickNs
    if (id === EBML_ID.Duration) ticks = readFloat(body)
  }
  const durationMs = (ticks * tickNs) / 1e6
  return { tickNs, durationMs: durationMs > 0 ? durationMs : undefined }
}

/** Reads the tracks from the first bytes of a file, if present. */
export const peekTracks = (head: Uint8Array): WebmTrack[] | undefined => {
  for (let at = 0; at < head.length;) {
    const element = readHead(head, at)
    if (!element) return undefined
    at += element.bytes
    if (element.id === EBML_ID.Segment) continue
    if (element.id === EBML_ID.Cluster || element.size === undefined)
      return undefined
    if (element.id === EBML_ID.Tracks)
      return at + element.size <= head.length
        ? parseTracks(head.subarray(at, at + element.size))
        : undefined
    at += element.size
  }
  return undefined
}
