import { transcribe } from 'voxpipe'
import recognizer from './own-recognizer.js'

for await (const event of transcribe('talk.wav', { recognizer }))
  if (event.type === 'final') console.log(event.text)
