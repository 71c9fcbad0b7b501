import type { Recognizer } from 'voxpipe/recognizers'
import {
  TranscriptionServer,
  createServer,
  type ListenOptions,
  type ServerOptions,
} from 'voxpipe/server'

export const start = async (recognizer: Recognizer): Promise<number> => {
  const server: TranscriptionServer = createServer({ recognizer })
  await server.listen({ port: 0 })
  return server.active.sessions
}

export const options: ServerOptions = { apiKeys: ['secret'] }

// @ts-expect-error a port is given by its name
export const wrongListen = (server: TranscriptionServer) => server.listen(8642)
// @ts-expect-error a port is a number
export const wrongPort: ListenOptions = { port: '8642' }
// @ts-expect-error keys are a list
export const wrongKeys: ServerOptions = { apiKeys: 'secret' }
