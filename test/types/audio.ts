import type { AudioChunk } from 'voxpipe'
import {
  createResampler,
  findFfmpeg,
  findRecorder,
  wavBytes,
  type PcmEncoding,
  type RawFormat,
  type StreamResampler,
} from 'voxpipe/audio'

export const resampler: StreamResampler = createResampler({
  from: 44_100,
  to: 16_000,
})
export const wav = (chunk: AudioChunk): Uint8Array => wavBytes(chunk)
export const ffmpeg: string | undefined = findFfmpeg()
export const recorder: 'arecord' | 'ffmpeg' | undefined = findRecorder()?.name
export const raw: RawFormat = {
  encoding: 'mulaw',
  sampleRate: 8_000,
  channels: 1,
}

// @ts-expect-error both rates are required
createResampler({ to: 16_000 })
// @ts-expect-error there is no such engine
createResampler({ from: 44_100, to: 16_000, engine: 'sox' })
// @ts-expect-error there is no such encoding
export const wrongEncoding: PcmEncoding = 's17le'
