import { transcribe } from 'voxpipe'
import { MoonshineRecognizer } from 'voxpipe/recognizers'

const recognizer = new MoonshineRecognizer({ model: 'tiny', workers: 2 })
try {
  const texts = await Promise.all(
    ['talk.wav', 'talk.mp3'].map(file =>
      transcribe(file, { recognizer }).text(),
    ),
  )
  console.log(texts.length, 'transcripts')
} finally {
  await recognizer.close()
}
