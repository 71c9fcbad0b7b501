import { readFile } from 'node:fs/promises'
import { transcribe } from 'voxpipe'
import { formatCaptions, readRttm } from 'voxpipe/captions'

const speakers = readRttm(await readFile('interview.rttm', 'utf8'))
const events = []
for await (const event of transcribe('interview.wav', { speakers }))
  events.push(event)

console.log(formatCaptions(events, { format: 'vtt', profile: 'bbc' }))
