import { transcribe } from 'voxpipe'

const channelNames = ['Agent', 'Caller']
const options = { channels: 'separate', channelNames }
const speakers = new Set()
for await (const event of transcribe('call.wav', options))
  if (event.type === 'final') speakers.add(event.speaker)
console.log([...speakers].sort().join(' and '))
