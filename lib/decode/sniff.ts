import { isMp3Run, id3Bytes } from './mp3/mp3-frames.ts'

/** Format of an input, by its first bytes. */
export type Sniffed =
  | { kind: 'wav' | 'flac' | 'mp3' | 'ogg' | 'webm' | 'mp4' }
  /** A format for ffmpeg, with the name of its demuxer. */
  | { kind: 'ffmpeg'; container: string; demuxer: string }
  /** A tag before the audio, and its size. */
  | { kind: 'id3'; bytes: number }
  /** Not audio. */
  | { kind: 'unknown'; looksLike: string }

/** Maximum of bytes that are searched. */
export const SNIFF_BYTES = 65_536

type Magic = readonly [
  at: number,
  text: string,
  then?: readonly [number, string],
]

const matchesAt = (head: Uint8Array, at: number, text: string): boolean => {
  for (let i = 0; i < text.length; i++)
    if (head[at + i] !== text.charCodeAt(i)) return false
  return true
}

const hasMagic = (head: Uint8Array, [at, text, then]: Magic): boolean =>
  matchesAt(head, at, text) && (!then || matchesAt(head, ...then))

const NATIVE: readonly (readonly [
  Magic,
  Sniffed['kind'] & ('wav' | 'flac' | 'ogg' | 'webm' | 'mp4'),
])[] = [
  [[0, 'RIFF', [8, 'WAVE']], 'wav'],
  [[0, 'RF64', [8, 'WAVE']], 'wav'],
  [[0, 'fLaC'], 'flac'],
  [[0, 'OggS'], 'ogg'],
  [[0, '\x1a\x45\xdf\xa3'], 'webm'],
  [[4, 'ftyp'], 'mp4'],
  [[4, 'moov'], 'mp4'],
  [[4, 'mdat'], 'mp4'],
  [[4, 'wide', [12, 'mdat']], 'mp4'],
  [[4, 'skip'], 'mp4'],
  [[4, 'pnot'], 'mp4'],
]

const FOR_FFMPEG: readonly (readonly [Magic, string, string])[] = [
  [[0, 'RIFX', [8, 'WAVE']], 'wav', 'wav'],
  [[0, 'RIFF', [8, 'AVI ']], 'avi', 'avi'],
  [[0, 'riff\x2e\x91\xcf\x11'], 'w64', 'w64'],
  [[0, 'FORM', [8, 'AIFF']], 'aiff', 'aiff'],
  [[0, 'FORM', [8, 'AIFC']], 'aiff', 'aiff'],
  [[0, 'caff'], 'caf', 'caf'],
  [[0, '.snd'], 'au', 'au'],
  [[0, '#!AMR'], 'amr', 'amr'],
  [[0, '\x30\x26\xb2\x75\x8e\x66\xcf\x11'], 'asf', 'asf'],
  [[0, 'FLV\x01'], 'flv', 'flv'],
  [[0, '\0\0\x01\xba'], 'mpeg', 'mpeg'],
  [[0, '.RMF'], 'rm', 'rm'],
  [[0, 'wvpk'], 'wavpack', 'wv'],
  [[0, 'MAC '], 'ape', 'ape'],
  [[0, 'TTA1'], 'tta', 'tta'],
  [[0, 'MP+'], 'musepack', 'mpc'],
  [[0, 'MPCK'], 'musepack', 'mpc8'],
  [[0, 'tBaK'], 'tak', 'tak'],
  [[0, 'DSD '], 'dsf', 'dsf'],
  [[0, '\x0b\x77'], 'ac3', 'ac3'],
  [[0, '\x7f\xfe\x80\x01'], 'dts', 'dts'],
]

const NOT_AUDIO: readonly (readonly [Magic, string])[] = [
  [[0, '\x89PNG'], 'a PNG picture'],
  [[0, '\xff\xd8\xff'], 'a JPEG picture'],
  [[0, 'GIF8'], 'a GIF picture'],
  [[0, 'RIFF', [8, 'WEBP']], 'a WebP picture'],
  [[0, '%PDF'], 'a PDF document'],
  [[0, 'PK\x03\x04'], 'a ZIP archive'],
  [[0, '\x1f\x8b'], 'gzip-compressed data'],
  [[0, '\x7fELF'], 'a program'],
  [[0, 'MThd'], 'MIDI notes, which contain no sound'],
  [[0, '\xff\xfe'], 'text in UTF-16'],
  [[0, '\xfe\xff'], 'text in UTF-16'],
]

const PACKETS = 4

/** MPEG transport stream: 0x47 starts each packet. */
const isMpegTs = (head: Uint8Array): boolean =>
  [
    [0, 188],
    [4, 192],
  ].some(([start, step]) => {
    for (let i = 0; i < PACKETS; i++)
      if (head[start! + i * step!] !== 0x47) return false
    return true
  })

/** AAC in ADTS: two consecutive frames. */
const isAdts = (head: Uint8Array): boolean => {
  const isSync = (at: number) =>
    head[at] === 0xff && (head[at + 1]! & 0xf6) === 0xf0
  if (!isSync(0)) return false
  const bytes = ((head[3]! & 3) << 11) | (head[4]! << 3) | (head[5]! >> 5)
  return bytes >= 7 && isSync(bytes)
}

/** Whether the bytes are UTF-8 without control characters. */
const isText = (head: Uint8Array): boolean => {
  const some = head.subarray(0, 1024)
  for (const byte of some)
    if (byte < 0x20 && (byte < 0x09 || byte > 0x0d) && byte !== 0x1b)
      return false
  try {
    // The last character may be incomplete.
    new TextDecoder('utf-8', { fatal: true }).decode(some, { stream: true })
    return true
  } catch {
    return false
  }
}

const containsMp3 = (head: Uint8Array, ended: boolean): boolean => {
  for (let at = head.indexOf(0xff); at >= 0; at = head.indexOf(0xff, at + 1))
    if (isMp3Run(head, at, 4, ended)) return true
  return false
}

/**
 * Identifies a format by its first bytes; undefined if it needs more of them,
 * at most `SNIFF_BYTES`.
 * @param ended whether `head` is the whole input
 */
export const sniff = (
  head: Uint8Array,
  ended: boolean,
): Sniffed | undefined => {
  const full = ended || head.length >= SNIFF_BYTES
  if (head.length < 16 && !full) return undefined
  const id3 = id3Bytes(head)
  if (id3 > 0) return { kind: 'id3', bytes: id3 }
  for (const [magic, kind] of NATIVE) if (hasMagic(head, magic)) return { kind }
  for (const [magic, container, demuxer] of FOR_FFMPEG)
    if (hasMagic(head, magic) && !isText(head))
      return { kind: 'ffmpeg', container, demuxer }
  if (isMp3Run(head, 0, 2, ended)) return { kind: 'mp3' }
  if (isAdts(head)) return { kind: 'ffmpeg', container: 'aac', demuxer: 'aac' }
  if (isMpegTs(head))
    return { kind: 'ffmpeg', container: 'mpegts', demuxer: 'mpegts' }
  for (const [magic, looksLike] of NOT_AUDIO)
    if (hasMagic(head, magic)) return { kind: 'unknown', looksLike }
  if (!full && head.length < 1024) return undefined
  if (isText(head)) return { kind: 'unknown', looksLike: 'text' }
  if (!full) return undefined
  return containsMp3(head, ended)
    ? { kind: 'mp3' }
    : { kind: 'unknown', looksLike: 'no known format' }
}
