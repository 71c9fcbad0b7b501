import { EnginePool, transcribe } from 'voxpipe'

const pool = new EnginePool({ model: 'tiny', workers: 2 })
try {
  const texts = await Promise.all(
    ['talk.wav', 'talk.mp3'].map(file => transcribe(file, { pool }).text()),
  )
  console.log(texts.length, 'transcripts')
} finally {
  await pool.close()
}
