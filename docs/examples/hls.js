import { pipeline } from 'node:stream/promises'
import { transcribe } from 'voxpipe'
import { HlsCaptions, HlsFolder } from 'voxpipe/captions'

await pipeline(
  transcribe('talk.wav', { live: true, model: 'tiny' }), // → TranscriptEvent
  new HlsCaptions({ live: true, playlist: 'live', window: 10, mpegts: 0 }), // → files
  new HlsFolder('live/captions'), // removes what has left the window
)
