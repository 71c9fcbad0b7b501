import { isMp4Streamable } from './mp4-boxes.ts'
import { peekOggCodec } from './ogg/ogg-pages.ts'
import { SNIFF_BYTES, type Sniffed, sniff } from './sniff.ts'
import { peekWavFormat, decodeWav } from './wav-decoder.ts'
import { peekTracks } from './webm/webm-header.ts'
import { EmptyInputError, UnknownFormatError } from '../core/errors.ts'
import { loadPart } from '../core/load-part.ts'
import type { ByteSource } from './byte-source.ts'
import type { FormatDecoder } from './format-decoder.ts'
import { type FfmpegInput, ffmpegDecoder } from './ffmpeg-decoder.ts'

const HEADER_BYTES = 1 << 20

/** `fLaC`, and the header and content of STREAMINFO. */
const STREAMINFO_BYTES = 42

const unknown = (looksLike: string): UnknownFormatError =>
  new UnknownFormatError(
    `the input is not audio that can be read: it looks like ${looksLike} (for PCM without a header, give its format: --raw s16le:16000:1, or the option 'raw')`,
  )

const sniffFormat = async (
  source: ByteSource,
): Promise<Exclude<Sniffed, { kind: 'id3' }>> => {
  for (let tagged = false; ; tagged = true) {
    const empty = await source.probe(head => head.length === 0, 1)
    if (empty)
      throw new EmptyInputError(
        tagged
          ? 'the input contains only an ID3 tag and no audio'
          : 'the input is empty',
      )
    const found = await source.probe(sniff, SNIFF_BYTES)
    if (!found) throw unknown('no known format')
    if (found.kind === 'id3') await source.skip(found.bytes)
    // After a tag, even damaged audio is probably MP3.
    else return tagged && found.kind === 'unknown' ? { kind: 'mp3' } : found
  }
}

const loadDecoder = <Module>(format: string, loading: Promise<Module>) =>
  loadPart(`the ${format} decoder`, loading)

/**
 * Chooses a decoder by the first bytes, and loads its codec.
 * @throws EmptyInputError if there are none
 * @throws UnknownFormatError if their format is not known
 */
export const chooseDecoder = async (
  source: ByteSource,
  options: Pick<FfmpegInput, 'ffmpeg' | 'signal'>,
): Promise<{ container: string; decode: FormatDecoder }> => {
  const found = await sniffFormat(source)
  const ffmpeg = (container: string, demuxer: string, spooled = false) => ({
    container,
    decode: ffmpegDecoder({ container, demuxer, spooled, ...options }),
  })
  switch (found.kind) {
    case 'unknown':
      throw unknown(found.looksLike)
    case 'ffmpeg':
      return ffmpeg(found.container, found.demuxer)
    case 'mp3': {
      const loading = import('./mp3/mp3-decoder.ts')
      const { decodeMp3 } = await loadDecoder('MP3', loading)
      return { container: 'mp3', decode: decodeMp3 }
    }
    case 'flac': {
      const { decodeFlac, isForFfmpeg, peekFlacInfo } = await loadDecoder(
        'FLAC',
        import('./flac/flac-decoder.ts'),
      )
      const info = await source.probe(peekFlacInfo, STREAMINFO_BYTES)
      return info && isForFfmpeg(info)
        ? ffmpeg('flac', 'flac')
        : { container: 'flac', decode: decodeFlac }
    }
    case 'wav': {
      const format = await source.probe(peekWavFormat, HEADER_BYTES)
      return format && !format.encoding
        ? ffmpeg('wav', 'wav')
        : { container: 'wav', decode: decodeWav }
    }
    case 'ogg': {
      const codec = await source.probe(peekOggCodec, HEADER_BYTES)
      if (codec === 'other') return ffmpeg('ogg', 'ogg')
      const loading = import('./ogg/ogg-decoder.ts')
      const { decodeOgg } = await loadDecoder('Ogg', loading)
      return { container: 'ogg', decode: decodeOgg }
    }
    case 'webm': {
      const tracks = await source.probe(peekTracks, HEADER_BYTES)
      const { decodeWebm, firstAudio, isPlainOpus } = await loadDecoder(
        'WebM',
        import('./webm/webm-decoder.ts'),
      )
      return tracks && isPlainOpus(firstAudio(tracks))
        ? { container: 'webm', decode: decodeWebm }
        : ffmpeg('webm', 'matroska')
    }
    default: {
      const streamable = await source.probe(isMp4Streamable, HEADER_BYTES)
      return ffmpeg('mp4', 'mov', !streamable)
    }
  }
}
