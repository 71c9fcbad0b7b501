import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { transcribe } from 'voxpipe'
import { LiveCaptions } from 'voxpipe/captions'

const page = await readFile('recipe-captions-page.html')
const viewers = new Set()
let screen = { lines: [] }

const send = viewer => viewer.write(`data: ${JSON.stringify(screen)}\n\n`)

const server = createServer((request, response) => {
  if (request.url === '/captions') {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    viewers.add(response)
    response.on('close', () => viewers.delete(response))
    send(response) // what is on the screen now
  } else {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    response.end(page)
  }
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
console.log(`http://127.0.0.1:${server.address().port}`)

await pipeline(
  transcribe(createReadStream('talk.wav'), { live: true }), // any live source
  new LiveCaptions({ maxLineWidth: 40 }),
  async screens => {
    for await (screen of screens) for (const viewer of viewers) send(viewer)
  },
)
