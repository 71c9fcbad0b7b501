export { type AudioChunk } from './core/audio-chunk.ts'
export * from './core/errors.ts'
export { redact } from './core/redact.ts'
export { Stage, chunksOf, type StageWarning } from './core/stage.ts'
export type * from './core/transcript-event.ts'
export {
  MoonshineRecognizer,
  type MoonshineRecognizerOptions,
} from './recognizers/moonshine/moonshine-recognizer.ts'
export type {
  GuessOptions,
  Recognition,
  RecognitionStream,
  RecognizedWord,
  RecognizeOptions,
  Recognizer,
} from './recognizers/recognizer.ts'
export { type JobOptions } from './recognizers/voice-activity.ts'
export type {
  DetectOptions,
  VoiceActivity,
  VoiceRating,
} from './recognizers/voice-activity.ts'
export { SileroActivity } from './recognizers/engine/silero-activity.ts'
export { defaultModel } from './recognizers/moonshine/moonshine-recognizer.ts'
export { localModels } from './recognizers/model-catalog.ts'
export { latencies, type Latency } from './recognizers/live-text.ts'
export {
  fetchModel,
  listModels,
  resolveModel,
  type FetchModelOptions,
  type ModelFetchProgress,
  type ModelFiles,
  type ModelInfo,
  type ModelState,
  type ResolveModelOptions,
} from './recognizers/model-store.ts'
export {
  LocalTranscriber,
  type LocalTranscriberOptions,
} from './transcribe/local-transcriber.ts'
export {
  chooseModel,
  type ModelChoice,
  type ModelNeeds,
  type TranscriptionEngine,
  type TranscriptionMode,
} from './transcribe/choose-model.ts'
export { modelEndWarning } from './transcribe/choose-model.ts'
export { openaiModels, type OpenAIModel } from './openai/wire/openai-models.ts'
export {
  FileTranscriber,
  type ChunkingStrategy,
  type FileTranscriberOptions,
  type KnownSpeaker,
} from './openai/files/file-transcriber.ts'
export {
  RealtimeTranscriber,
  type RealtimeTranscriberOptions,
} from './openai/realtime/realtime-transcriber.ts'
export {
  type SemanticVad,
  type ServerVad,
} from './openai/realtime/session-settings.ts'
export { type RealtimeTiming } from './openai/realtime/session-settings.ts'
export { type LocalVad } from './recognizers/local-vad.ts'
export type * from './core/turn-detector.ts'
export { Chunker, type ChunkerOptions } from './stages/chunker.ts'
export {
  Decoder,
  type AudioFormat,
  type DecoderOptions,
} from './decode/decoder.ts'
export { Resampler, type ResamplerOptions } from './stages/resampler.ts'
export {
  createResampler,
  type CreateResamplerOptions,
} from './audio/resample-chunks.ts'
export { type StreamResampler } from './audio/resample.ts'
export { wavBytes } from './audio/wav-writer.ts'
export { CaptionFormatter } from './captions/caption-formatter.ts'
export {
  captionFormats,
  extensionOf,
  type CaptionFormat,
} from './captions/formats/caption-formats.ts'
export {
  type CaptionOptions,
  type CaptionFormatterOptions,
} from './captions/caption-options.ts'
export { type CaptionInput } from './captions/cues/check-input.ts'
export * from './captions/cues/cue.ts'
export {
  captionProfiles,
  type CaptionProfile,
  type CaptionProfileName,
  type SpeakerLook,
} from './captions/profiles.ts'
export {
  CueChecker,
  checkCues,
  type CueCheckOptions,
  type CueFinding,
} from './captions/cues/check-cues.ts'
export {
  assignSpeakers,
  type AssignSpeakersOptions,
} from './captions/speakers/assign-speakers.ts'
export { readRttm, type ReadRttmOptions } from './captions/speakers/rttm.ts'
export {
  SpeakerAssigner,
  type SpeakerAssignerOptions,
} from './captions/speakers/assign-speakers.ts'
export { type SpeakerTurn } from './core/speaker-turn.ts'
export {
  CueMaker,
  makeCues,
  type CueMakerOptions,
  type CueOptions,
} from './captions/cues/cue-maker.ts'
export {
  LiveCaptions,
  type LiveCaptionsOptions,
} from './captions/live/live-captions.ts'
export { RollUp } from './captions/live/roll-up.ts'
export { type RollUpScreen } from './captions/live/roll-up-screen.ts'
export { formatCaptions } from './captions/caption-formatter.ts'
export { HlsCaptions, type HlsFile } from './captions/hls/hls-captions.ts'
export { type HlsCaptionsOptions } from './captions/hls/hls-captions.ts'
export { type HlsPlaylistKind } from './captions/hls/hls-segments.ts'
export {
  CaptionReader,
  type CaptionReaderOptions,
} from './captions/read/caption-reader.ts'
export { type ReadableFormat } from './captions/read/caption-reader.ts'
export { orderCues, type OrderCuesOptions } from './captions/cues/order-cues.ts'
export {
  readCaptions,
  type ReadCaptionsOptions,
} from './captions/read/caption-reader.ts'
export { type OpenAIClient } from './openai/openai-client.ts'
export {
  openaiClient,
  type OpenAIClientOptions,
} from './openai/openai-client.ts'
export { transcribe } from './transcribe/transcribe.ts'
export { type TranscribeProgress } from './transcribe/audio-source.ts'
export { type TranscribeOptions } from './transcribe/transcribe-options.ts'
export { type Transcript } from './transcribe/transcribe.ts'
export { childCosts, type ChildCosts } from './io/child-process.ts'
export { findFfmpeg, ffmpegVersion } from './io/ffmpeg.ts'
export { HlsFolder, type HlsFolderOptions } from './io/hls-folder.ts'
export { Microphone, type MicrophoneOptions } from './io/microphone.ts'
export { findRecorder, type Recorder } from './io/microphone.ts'
