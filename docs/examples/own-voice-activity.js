import { transcribe } from 'voxpipe'
import recognizer from './own-recognizer.js'

/** Treats everything louder than about -34 dB as speech. */
const voiceActivity = {
  async detect(samples) {
    const probabilities = new Float32Array(samples.length / 512)
    for (let i = 0; i < probabilities.length; i++) {
      const frame = samples.subarray(i * 512, (i + 1) * 512)
      const power = frame.reduce((sum, sample) => sum + sample ** 2, 0) / 512
      probabilities[i] = Math.min(1, Math.sqrt(power) / 0.04)
    }
    return { probabilities }
  },
}

const turnDetection = { type: 'local_vad', voiceActivity }
const options = { recognizer, turnDetection }
for await (const event of transcribe('talk.wav', options))
  if (event.type === 'final') console.log(event.text)
