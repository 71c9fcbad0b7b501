export {
  MoonshineRecognizer,
  type MoonshineRecognizerOptions,
  defaultModel,
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
  JobOptions,
  DetectOptions,
  VoiceActivity,
  VoiceActivityResult,
} from './voice-activity.ts'
export { SileroActivity } from './engine/silero-activity.ts'
export { localModels } from './model-catalog.ts'
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
