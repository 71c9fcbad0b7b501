import * as fc from 'fast-check'
import t from 'tap'
import {
  scriptedRecognizer,
  type ScriptedRecognizerOptions,
  type ScriptedWord,
} from '../../lib/testing/index.ts'
import { textOf } from '../../lib/recognizers/recognizer.ts'
import { numberedFloats } from '../fixtures/numbered.ts'
import { cut, loud } from '../fixtures/tones.ts'

const word = (text: string, start: number, end: number): ScriptedWord => ({
  text,
  start,
  end,
})

const three = [
  word('one', 100, 300),
  word('two', 400, 450),
  word('three.', 450, 900),
]

/** Makes a recogniser, and what it hears in some samples from an offset on. */
const hearing = (options: ScriptedRecognizerOptions) => {
  const recognizer = scriptedRecognizer(options)
  return async (samples: Float32Array, offset = 0): Promise<string> =>
    textOf(await recognizer.recognize(samples, { offset }))
}

t.test('recognises every word once, however audio is cut', async t => {
  const script = fc
    .array(fc.tuple(fc.nat(300), fc.integer({ min: 1, max: 400 })), {
      minLength: 1,
      maxLength: 20,
    })
    .map(parts => {
      let at = 0
      return parts.map(([pause, length], i) => {
        const start = at + pause
        at = start + length
        return word(`w${i}`, start, at)
      })
    })
  const lengths = fc.array(fc.integer({ min: 1, max: 9_000 }), {
    minLength: 1,
    maxLength: 5,
  })
  await fc.assert(
    fc.asyncProperty(script, lengths, async (words, lengths) => {
      const recognizer = scriptedRecognizer({ words })
      const samples = loud(words.at(-1)!.end + 1)
      const heard: string[] = []
      let offset = 0
      for (const part of cut(samples, lengths)) {
        const { words = [] } = await recognizer.recognize(part, { offset })
        for (const { text, start, end } of words) {
          heard.push(text)
          if (start! < 0 || end! > part.length) t.fail(`${text} is outside`)
        }
        offset += part.length
      }
      t.strictSame(
        heard,
        words.map(({ text }) => text),
      )
    }),
    { numRuns: 50 },
  )
})

t.test('recognises every number once, however audio is cut', async t => {
  const samples = numberedFloats({ frames: 20, sampleRate: 16_000 })
  const lengths = fc.array(fc.integer({ min: 50, max: 9_000 }), {
    minLength: 1,
    maxLength: 5,
  })
  await fc.assert(
    fc.asyncProperty(lengths, async lengths => {
      const recognizer = scriptedRecognizer()
      const heard: string[] = []
      let offset = 0
      for (const part of cut(samples, lengths)) {
        const { words = [] } = await recognizer.recognize(part, { offset })
        heard.push(...words.map(({ text }) => text))
        offset += part.length
      }
      const numbers = heard
        .filter(text => text !== '?') // too little of it to be read
        .map(text => Number(text.slice(1)))
      const all = numbers.toSorted((a, b) => a - b)
      t.strictSame(numbers, [...new Set(all)], 'once, and in order')
      const places: number[] = []
      let at = 0
      for (const { length } of cut(samples, lengths))
        places.push((at += length))
      for (let number = 0; number < 20; number++) {
        const from = number * 1_600 + Math.floor(number / 5) * 3_200
        const inside = (place: number, margin: number): boolean =>
          place > from - margin && place < from + 1_600 + margin
        if (!places.some(place => inside(place, 0)))
          t.ok(heard.includes(`w${number}`), `${number} is whole`)
        else if (!places.some(place => Math.abs(place - from - 800) < 8))
          t.ok(heard.includes(`~${number}`), `${number} is cut`)
      }
    }),
    { numRuns: 50 },
  )
})

t.test('has no words of audio that is missing or silent', async t => {
  const hear = hearing({ words: three })
  const samples = loud(1_000)
  t.equal(await hear(samples.fill(0, 6_400, 7_200)), 'one three.')
  t.equal(await hear(samples.fill(1e-4)), '')
  t.equal(await hear(loud(1_000), 16_000), '')
  t.equal(await hear(new Float32Array()), '')
  const numbers = numberedFloats({ frames: 3, sampleRate: 16_000 })
  const heard = hearing({})
  t.equal(await heard(numbers), 'w0 w1 w2')
  t.equal(await heard(numbers.fill(0, 1_700, 1_900)), 'w0 ~1 w2')
  t.equal(await heard(numbers.fill(0, 1_600, 3_200)), 'w0 w2')
})

t.test('repeats the words', async t => {
  const hear = hearing({ words: three, repeatMs: 1_000 })
  t.equal(await hear(loud(2_350)), 'one two three. one two three. one')
  t.equal(await hear(loud(400), 16_000 * 3_600), 'one')
  t.equal(await hear(loud(900), 16_000 * 3_600 + 8_000), 'three. one')
})

t.test('finds speech where words are, whatever the steps', async t => {
  const samples = loud(2_048)
  samples.fill(0, 8_000, 12_000) // in the third word
  const { voiceActivity } = scriptedRecognizer({ words: three })
  const { probabilities } = await voiceActivity.detect(samples)
  t.equal(probabilities.length, 64)
  for (const [frame, probability] of probabilities.entries()) {
    const [from, to] = [frame * 32, (frame + 1) * 32]
    const spoken = three.some(({ start, end }) => start < to && end > from)
    const silent = from >= 500 && to <= 750
    t.equal(probability, spoken && !silent ? 1 : 0, `from ${from} ms`)
  }
  const numbered = numberedFloats({ frames: 8, sampleRate: 16_000 })
  for (const [script, audio] of [
    [three, samples],
    [undefined, numbered.subarray(0, 31 * 512)],
  ] as const) {
    const { voiceActivity } = scriptedRecognizer(
      script ? { words: script } : {},
    )
    const whole = await voiceActivity.detect(audio)
    t.ok(whole.probabilities.includes(0) && whole.probabilities.includes(1))
    const steps: number[] = []
    let state: unknown
    for (const part of cut(audio, [512, 1_024])) {
      const rating = await voiceActivity.detect(
        part,
        state === undefined ? {} : { state },
      )
      steps.push(...rating.probabilities)
      state = rating.state
    }
    t.same(steps, [...whole.probabilities])
  }
})
