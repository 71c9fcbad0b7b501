export { deprecationWarning } from '../transcribe/choose-model.ts'
export {
  openaiModels,
  type FileAbilities,
  type OpenAIModel,
  type RealtimeFamily,
  type ResponseFormat,
} from './wire/openai-models.ts'
export {
  FileTranscriber,
  type ChunkingStrategy,
  type FileTranscriberOptions,
  type KnownSpeaker,
} from './files/file-transcriber.ts'
export {
  RealtimeTranscriber,
  type RealtimeTranscriberOptions,
} from './realtime/realtime-transcriber.ts'
export type {
  RealtimeSessionOptions,
  RealtimeTiming,
  SemanticVad,
  ServerVad,
} from './realtime/session-settings.ts'
export {
  openaiClient,
  type OpenAIClient,
  type OpenAIClientOptions,
} from './openai-client.ts'
