import { createServer } from 'voxpipe/server'
import recognizer from './own-recognizer.js'

const server = createServer({ recognizer })
await server.listen({ port: 0 }) // 0: any free port
console.log(`${server.baseURL}/audio/transcriptions`)
await server.close()
