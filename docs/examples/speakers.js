import { readFile } from 'node:fs/promises'
import { formatCaptions, readRttm, transcribe } from 'voxpipe'

const speakers = readRttm(await readFile('interview.rttm', 'utf8'))
const events = []
for await (const event of transcribe('interview.wav', { speakers }))
  events.push(event)

console.log(formatCaptions(events, { format: 'vtt', profile: 'bbc' }))
