import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { transcribe } from 'voxpipe'
import { MoonshineRecognizer } from 'voxpipe/recognizers'
import { createWebSocketStream, WebSocketServer } from 'ws'

const recognizer = new MoonshineRecognizer({ model: 'base' }) // for all pages
await recognizer.warmUp()

const page = await readFile('recipe-microphone.html')
const server = createServer((request, response) => {
  response.writeHead(request.url === '/' ? 200 : 404, {
    'content-type': 'text/html; charset=utf-8',
  })
  response.end(request.url === '/' ? page : undefined)
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address()
const origin = `http://127.0.0.1:${port}`
console.log(origin)

const sockets = new WebSocketServer({
  server,
  verifyClient: ({ req }) => req.headers.origin === origin, // no other page
})
sockets.on('connection', async (socket, request) => {
  const { searchParams } = new URL(request.url, origin)
  const sampleRate = Number(searchParams.get('rate'))
  const raw = { encoding: 's16le', sampleRate, channels: 1 }
  const audio = createWebSocketStream(socket)
  try {
    for await (const event of transcribe(audio, {
      raw,
      live: true,
      recognizer,
    }))
      if (event.type === 'delta' || event.type === 'final')
        socket.send(JSON.stringify(event))
  } catch (error) {
    console.error(error) // this page failed; the server continues
    socket.close(1011)
  }
})
