import { transcribe } from 'voxpipe'

for await (const event of transcribe('talk.mp3'))
  if (event.type === 'final')
    console.log(`${event.start} to ${event.end} ms: ${event.text}`)
  else if (event.type === 'warning') console.warn(event.code, event.message)
  else if (event.type === 'end') console.log('complete:', event.complete)
