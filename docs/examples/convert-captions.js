import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { CaptionFormatter } from 'voxpipe'
import { CaptionReader } from 'voxpipe/captions'

await pipeline(
  createReadStream('talk.srt'),
  new CaptionReader(), // bytes of SRT or WebVTT → Cue
  new CaptionFormatter({ format: 'vtt', profile: 'bbc' }), // Cue → text
  createWriteStream('talk.bbc.vtt'),
)
