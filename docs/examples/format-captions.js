import { writeFile } from 'node:fs/promises'
import { formatCaptions, transcribe } from 'voxpipe'

const events = []
for await (const event of transcribe('talk.mp3')) events.push(event)

for (const format of ['srt', 'vtt', 'json'])
  await writeFile(`talk.${format}`, formatCaptions(events, { format }))
