export { modelEndWarning } from '../transcribe/choose-model.ts'
export { openaiModels, type OpenAIModel } from './wire/openai-models.ts'
export {
  FileTranscriber,
  type AutoTurns,
  type FileTranscriberEvents,
  type FileTranscriberOptions,
  type KnownSpeaker,
} from './files/file-transcriber.ts'
export {
  RealtimeTranscriber,
  type RealtimeTranscriberEvents,
  type RealtimeTranscriberOptions,
} from './realtime/realtime-transcriber.ts'
export type {
  SemanticVad,
  ServerVad,
  RealtimeTiming,
} from './realtime/session-settings.ts'
export {
  type OpenAIClient,
  openaiClient,
  type OpenAIClientOptions,
} from './openai-client.ts'
