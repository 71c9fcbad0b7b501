/** Codecs that are decoded here. */
export type OggCodecName = 'opus' | 'vorbis'

const KNOWN: readonly (readonly [string, OggCodecName | 'other'])[] = [
  ['OpusHead', 'opus'],
  ['\x01vorbis', 'vorbis'],
  ['\x7fFLAC', 'other'],
  ['Speex   ', 'other'],
  ['\x80theora', 'other'],
  ['fishead\0', 'other'],
  ['OVP80', 'other'],
  ['BBCD\0', 'other'],
]

/** Codec of a stream by its first packet; `other` is one for ffmpeg. */
export const oggCodecOf = (
  packet: Uint8Array,
): OggCodecName | 'other' | undefined => {
  const text = String.fromCharCode(...packet.subarray(0, 8))
  return KNOWN.find(([start]) => text.startsWith(start))?.[1]
}

/**
 * Codec of the first stream with sound that is decoded here, from the first
 * bytes of an Ogg; else `other` where there is one that ffmpeg may know. All
 * streams begin before any goes on, which says when the search is over.
 */
export const peekOggCodec = (
  head: Uint8Array,
  ended: boolean,
): OggCodecName | 'other' | 'unknown' | undefined => {
  let best: 'other' | 'unknown' = 'unknown'
  for (let at = 0; ;) {
    const lacing = head[at + 26]
    const body = at + 27 + (lacing ?? 0)
    if (lacing === undefined || body + 8 > head.length)
      return ended ? best : undefined
    if (!(head[at + 5]! & 2)) return best
    const codec = oggCodecOf(head.subarray(body))
    if (codec === 'opus' || codec === 'vorbis') return codec
    if (codec === 'other') best = 'other'
    at = body
    for (let i = at - lacing; i < body; i++) at += head[i]!
  }
}
