import { transcribe } from 'voxpipe'

const channelNames = ['Agent', 'Caller']
const options = { channels: 'separate', channelNames }
const names = new Set()
for await (const event of transcribe('call.wav', options))
  if (event.type === 'final') names.add(event.speaker)
console.log([...names].join(' and '))
