import { transcribe } from 'voxpipe'
import {
  MoonshineRecognizer,
  SileroActivity,
  childProcessUsage,
  listModels,
  resolveModel,
  type ModelFiles,
  type Recognition,
  type Recognizer,
  type VoiceActivity,
} from 'voxpipe/recognizers'

export class Fixed implements Recognizer {
  readonly model = 'fixed'
  readonly languages = ['en']
  async recognize(samples: Float32Array): Promise<Recognition> {
    return { words: [{ text: 'Yes.', start: 0, end: samples.length }] }
  }
}

export const minimal: Recognizer = {
  model: 'minimal',
  recognize: async () => ({ text: '' }),
}

export const loud: VoiceActivity = {
  detect: async samples => ({
    probabilities: new Float32Array(samples.length / 512).fill(1),
  }),
}

export const run = (): Promise<string> =>
  transcribe('talk.mp3', {
    recognizer: new Fixed(),
    turnDetection: { type: 'local_vad', voiceActivity: loud },
  }).text()

export const engine: Recognizer = new MoonshineRecognizer({ workers: 2 })
export const silero: VoiceActivity = new SileroActivity()
export const vad: Promise<ModelFiles<'vad'>> = resolveModel('silero-vad')
export const names = async (): Promise<string[]> =>
  (await listModels()).map(({ name }) => name)
export const usage = (): number => childProcessUsage().cpuMs

// @ts-expect-error a recognizer has a model
export const nameless: Recognizer = { recognize: async () => ({ text: '' }) }
export const wrongAnswer: Recognizer = {
  model: 'wrong',
  // @ts-expect-error a recognition has no such field
  recognize: async () => ({ transcript: '' }),
}
export const wrongReturn: Recognizer = {
  model: 'wrong',
  // @ts-expect-error recognize() returns a promise
  recognize: () => ({ text: '' }),
}
// @ts-expect-error a number of threads is a number
void new MoonshineRecognizer({ workers: 'all' })
