export { type ServerOptions } from './server-options.ts'
export {
  TranscriptionServer,
  createServer,
  type ListenOptions,
} from './transcription-server.ts'
