export type { AudioChunk } from './core/audio-chunk.ts'
export * from './core/errors.ts'
export type { WarningCode } from './core/warning-code.ts'
export { redact } from './core/redact.ts'
export {
  Stage,
  chunksOf,
  type Listen,
  type StageWarning,
  type StreamEvents,
  type TypedReadable,
} from './core/stage.ts'
export type * from './core/transcript-event.ts'
export { latencies, type Latency } from './recognizers/live-text.ts'
export {
  LocalTranscriber,
  type LocalTranscriberEvents,
  type ManualTurns,
  type LocalTranscriberOptions,
} from './transcribe/local-transcriber.ts'
export type { LocalVad } from './recognizers/local-vad.ts'
export type { TurnOptions } from './recognizers/turn-segmenter.ts'
export type * from './core/turn-detector.ts'
export { Chunker, type ChunkerOptions } from './stages/chunker.ts'
export {
  Decoder,
  type AudioFormat,
  type DecoderEvents,
  type DecoderOptions,
} from './decode/decoder.ts'
export { Resampler, type ResamplerOptions } from './stages/resampler.ts'
export { CaptionFormatter } from './captions/caption-formatter.ts'
export type { CaptionFormat } from './captions/formats/caption-formats.ts'
export type { CaptionFormatterOptions } from './captions/caption-options.ts'
export type { SpeakerTurn } from './core/speaker-turn.ts'
export { transcribe, type Transcript } from './transcribe/transcribe.ts'
export type {
  SourceOptions,
  TranscribeProgress,
} from './transcribe/audio-source.ts'
export type { AudioInput } from './transcribe/audio-input.ts'
export type { TranscribeOptions } from './transcribe/transcribe-options.ts'
export {
  Microphone,
  type MicrophoneEvents,
  type MicrophoneOptions,
} from './io/microphone.ts'
