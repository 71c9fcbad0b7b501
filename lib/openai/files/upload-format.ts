import { SNIFF_BYTES, sniff, type Sniffed } from '../../decode/sniff.ts'

/** How the service is told what a file is. */
export type UploadFormat = {
  readonly extension: string
  /** Content type of the part. */
  readonly type: string
}

const FORMATS: Readonly<Record<string, UploadFormat>> = {
  wav: { extension: 'wav', type: 'audio/wav' },
  flac: { extension: 'flac', type: 'audio/flac' },
  mp3: { extension: 'mp3', type: 'audio/mpeg' },
  ogg: { extension: 'ogg', type: 'audio/ogg' },
  webm: { extension: 'webm', type: 'audio/webm' },
  mp4: { extension: 'mp4', type: 'audio/mp4' },
  m4a: { extension: 'm4a', type: 'audio/mp4' },
  mpeg: { extension: 'mpeg', type: 'audio/mpeg' },
}

/** Parts of a file that was decoded here. */
export const WAV_FORMAT: UploadFormat = FORMATS['wav']!

const has = (head: Uint8Array, at: number, text: string): boolean =>
  Buffer.from(head.buffer, head.byteOffset + at, text.length).equals(
    Buffer.from(text, 'latin1'),
  )

const nameOf = (found: Sniffed, head: Uint8Array): string => {
  // RF64 has another magic number than what servers look for.
  if (found.kind === 'wav') return has(head, 0, 'RIFF') ? 'wav' : ''
  if (found.kind === 'mp4')
    return head.length > 12 && has(head, 8, 'M4A') ? 'm4a' : 'mp4'
  if (found.kind === 'id3') return 'mp3'
  if (found.kind === 'ffmpeg') return found.container === 'mpeg' ? 'mpeg' : ''
  return found.kind
}

/** What the first bytes of a file are, if the service takes that. */
export const nameFormat = (
  found: Sniffed | undefined,
  head: Uint8Array,
): UploadFormat | undefined => found && FORMATS[nameOf(found, head)]

/**
 * What a file is by its bytes, if the service takes it as it is: flac, mp3,
 * mp4, m4a, mpeg, ogg, wav, webm. Undefined: it is to be decoded here.
 */
export const uploadFormat = async (
  blob: Blob,
): Promise<UploadFormat | undefined> => {
  for (let at = 0, tagged = false; ; tagged = true) {
    const part = blob.slice(at, at + SNIFF_BYTES)
    const head = new Uint8Array(await part.arrayBuffer())
    const found = sniff(head, at + head.length === blob.size)
    if (found?.kind === 'id3' && head.length > 0) {
      at += found.bytes
      continue
    }
    // A tag in front is a sign of MP3 even where what follows is damaged.
    if (!found || found.kind === 'unknown')
      return tagged ? FORMATS['mp3'] : undefined
    return nameFormat(found, head)
  }
}
