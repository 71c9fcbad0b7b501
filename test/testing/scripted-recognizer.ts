import fc from 'fast-check'
import t from 'tap'
import { joinSamples } from '../../lib/audio/join-samples.ts'
import { VAD_FRAME } from '../../lib/recognizers/voice-activity.ts'
import { scriptedRecognizer } from '../../lib/testing/index.ts'
import { noise } from '../fixtures/tones.ts'

/** Speech that breaks off in the midst of a word, from 1.5 s on. */
const audio = joinSamples([noise(1.5 * 16_000), new Float32Array(24_000)])
const words = [
  { text: 'one', start: 200, end: 700 },
  { text: 'two', start: 1_200, end: 2_500 },
]

t.test('finds the same speech however the audio is cut', async t => {
  const { voiceActivity } = scriptedRecognizer({ words })
  const frames = Math.floor(audio.length / VAD_FRAME)
  const rate = async (places: readonly number[]): Promise<number[]> => {
    const found: number[] = []
    for (const [i, from] of places.slice(0, -1).entries()) {
      const offset = from * VAD_FRAME
      const part = audio.subarray(offset, places[i + 1]! * VAD_FRAME)
      const { probabilities } = await voiceActivity.detect(part, { offset })
      found.push(...probabilities)
    }
    return found
  }
  const whole = await rate([0, frames])
  t.equal(whole.lastIndexOf(1), Math.floor((1.5 * 16_000 - 1) / VAD_FRAME))
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(frames)), async cuts => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), frames]
      t.same(await rate(places), whole)
    }),
    { numRuns: 20 },
  )
})

t.test('numbers jobs by their type, also if the list was emptied', async t => {
  const numbers: string[] = []
  const recognizer = scriptedRecognizer({
    words,
    onJob: ({ type, number }) => {
      numbers.push(`${type} ${number}`)
      recognizer.jobs.length = 0
    },
  })
  await recognizer.recognize(audio)
  await recognizer.voiceActivity.detect(audio.subarray(0, VAD_FRAME))
  await recognizer.recognize(audio)
  t.same(numbers, ['recognize 1', 'detect 1', 'recognize 2'])
})
