import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import {
  LocalTranscriber,
  type LocalTranscriberOptions,
} from '../../lib/index.ts'
import type { Recognition, Recognizer } from '../../lib/recognizers/index.ts'
import { VAD_FRAME } from '../../lib/recognizers/voice-activity.ts'
import { createServer } from '../../lib/server/index.ts'
import { runToEnd } from '../fixtures/run-to-end.ts'
import { chunksFrom } from '../fixtures/speech-clips.ts'

/** All is speech to it. */
const allSpeech = {
  detect: async (samples: Float32Array) => ({
    probabilities: new Float32Array(samples.length / VAD_FRAME).fill(1),
  }),
}

const usable: Recognizer = {
  model: 'mine',
  voiceActivity: allSpeech,
  recognize: async () => ({ text: 'It is heard.' }),
}

const speech = new Float32Array(32_000).fill(0.1)

/** Chunks of a live source: between them there is time to be heard. */
async function* source() {
  for (const chunk of chunksFrom(speech, 800)) {
    yield chunk
    for (let i = 0; i < 10; i++) await turnOfTheLoop()
  }
}

const run = (recognizer: Recognizer, options: LocalTranscriberOptions = {}) =>
  runToEnd(source(), new LocalTranscriber({ recognizer, ...options }))

t.test('what is no recogniser is refused before any audio', async t => {
  const broken: [object, RegExp][] = [
    [{}, /^option 'recognizer' must be an object with model/],
    [{ ...usable, model: undefined }, /'recognizer' must be .* with model/],
    [{ ...usable, recognize: undefined }, /and recognize\(\)$/],
    [{ ...usable, size: 0 }, /'recognizer.size' must be a whole number from 1/],
    [{ ...usable, size: '2' }, /'recognizer.size' .* got '2'$/],
    [{ ...usable, languages: 'en' }, /'recognizer.languages' must be a list/],
    [{ ...usable, open: 1 }, /'recognizer.open' must be a function/],
    [
      { ...usable, voiceActivity: {} },
      /recognizer.voiceActivity' .*detect\(\)/,
    ],
  ]
  for (const [given, message] of broken) {
    const recognizer = given as Recognizer
    const refused = { code: 'VOX_OPTION', message }
    t.throws(() => new LocalTranscriber({ recognizer }), refused)
    t.throws(() => createServer({ recognizer }), refused)
  }
  const voiceActivity = (() => {}) as never
  t.throws(() => new LocalTranscriber({ voiceActivity }), {
    code: 'VOX_OPTION',
    message: /'voiceActivity' must be an object with detect\(\)/,
  })
})

t.test('an answer that is none is named', async t => {
  const failed = {
    code: 'VOX_ENGINE_FAILED',
    message: /^the recogniser mine gave no answer: .*{ text } or { words }$/,
  }
  for (const answer of [undefined, {}, 'text', { text: 1 }]) {
    const wrong = async () => answer as Recognition
    const { error } = await run({ ...usable, recognize: wrong })
    t.match(error, failed)
    const { error: early } = await run(
      { ...usable, recognizePartial: wrong },
      { live: true },
    )
    t.match(early, failed)
  }
})

t.test('a rating that is none is named', async t => {
  for (const probabilities of [
    undefined,
    [1, 1],
    new Float32Array(1),
    new Float32Array(speech.length / VAD_FRAME).fill(NaN),
  ]) {
    const detect = async () => ({ probabilities }) as never
    const { error } = await run({ ...usable, voiceActivity: { detect } })
    t.match(error, {
      code: 'VOX_ENGINE_FAILED',
      message:
        /^voice activity gave no answer: detect\(\) must .* Float32Array of/,
    })
  }
})

t.test('a rating made in another realm is one, as in Jest', async t => {
  const detect = async ({ length }: Float32Array) => ({
    probabilities: runInNewContext(
      `new Float32Array(${length / VAD_FRAME}).fill(1)`,
    ) as Float32Array,
  })
  const { error, events } = await run({ ...usable, voiceActivity: { detect } })
  t.equal(error, undefined)
  t.ok(events.some(({ type }) => type === 'final'))
})

t.test('a language comes as the recogniser names it', async t => {
  const languages: (string | undefined)[] = []
  const recognizer: Recognizer = {
    ...usable,
    languages: ['en', 'de'],
    recognize: async (_, { language }) => {
      languages.push(language)
      return { text: 'Es ist gehört.' }
    },
  }
  for (const language of ['German', 'de-AT', 'de'])
    await run(recognizer, { language })
  t.same(languages, ['de', 'de', 'de'])
})
