export {
  MoonshineRecognizer,
  defaultModel,
  type MoonshineRecognizerOptions,
} from './moonshine/moonshine-recognizer.ts'
export type {
  PartialOptions,
  Recognition,
  RecognitionStream,
  RecognizedWord,
  RecognizeOptions,
  Recognizer,
} from './recognizer.ts'
export type {
  DetectOptions,
  JobOptions,
  VoiceActivity,
  VoiceActivityResult,
} from './voice-activity.ts'
export { SileroActivity } from './engine/silero-activity.ts'
export { localModels, type ModelRole } from './model-catalog.ts'
export type { DownloadOptions } from './model-files.ts'
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
} from './model-store.ts'
export {
  childProcessUsage,
  type ChildProcessUsage,
} from '../io/child-process.ts'
export {
  chooseModel,
  type ModelChoice,
  type ModelNeeds,
  type TranscriptionEngine,
  type TranscriptionMode,
} from '../transcribe/choose-model.ts'
