export {
  createResampler,
  type CreateResamplerOptions,
} from './resample-chunks.ts'
export type { StreamResampler } from './resample.ts'
export type { PcmEncoding } from './pcm.ts'
export type { RawFormat } from '../decode/wav-decoder.ts'
export { wavBytes } from './wav-writer.ts'
export { findFfmpeg, ffmpegVersion } from '../io/ffmpeg.ts'
export { findRecorder, type Recorder } from '../io/microphone.ts'
