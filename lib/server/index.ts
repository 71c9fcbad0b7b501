export type { ListenOptions, ServerOptions } from './server-options.ts'
export { TranscriptionServer, createServer } from './transcription-server.ts'
