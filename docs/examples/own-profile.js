import { transcribe } from 'voxpipe'
import { captionProfiles, makeCues } from 'voxpipe/captions'

const profile = { ...captionProfiles.netflix, maxLineCount: 1 }

const events = []
for await (const event of transcribe('talk.wav')) events.push(event)

for (const { start, lines, exceptions = [] } of makeCues(events, { profile }))
  console.log(start, ...lines, ...exceptions.map(({ reason }) => reason))
