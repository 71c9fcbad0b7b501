import { writeFile } from 'node:fs/promises'
import { transcribe } from 'voxpipe'
import { formatCaptions } from 'voxpipe/captions'

const events = []
for await (const event of transcribe('talk.mp3')) events.push(event)

for (const format of ['srt', 'vtt', 'json'])
  await writeFile(`talk.${format}`, formatCaptions(events, { format }))
