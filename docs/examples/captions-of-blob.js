import { openAsBlob } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { transcribe } from 'voxpipe'

const transcript = transcribe(await openAsBlob('talk.mp3'))
await writeFile('talk.srt', await transcript.captions('srt'))
await writeFile('talk.vtt', await transcript.captions('vtt'))
console.log(await transcript.text())
