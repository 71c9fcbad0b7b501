import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { pipeline } from 'node:stream/promises'
import { Decoder, LocalTranscriber, Resampler } from 'voxpipe'

const args = ['-loglevel', 'error', '-i', 'talk.m4a', '-f', 'wav', '-']
const ffmpeg = spawn('ffmpeg', args, { stdio: ['ignore', 'pipe', 'inherit'] })

const [[code]] = await Promise.all([
  once(ffmpeg, 'close'),
  pipeline(
    ffmpeg.stdout,
    new Decoder(),
    new Resampler({ sampleRate: 16_000 }),
    new LocalTranscriber(),
    async events => {
      for await (const event of events)
        if (event.type === 'final') console.log(event.text)
    },
  ),
])
if (code !== 0) throw new Error(`ffmpeg exited with code ${code}`)
