import { transcribe } from 'voxpipe'

console.log(await transcribe('talk.mp3').text())
