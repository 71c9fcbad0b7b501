import { finished } from 'node:stream/promises'
import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import t from 'tap'
import { joinSamples } from '../../lib/audio/resample-wave.ts'
import type {
  FinalEvent,
  TranscriptEvent,
} from '../../lib/core/transcript-event.ts'
import type { Recognizer } from '../../lib/recognizers/recognizer.ts'
import { VAD_FRAME } from '../../lib/recognizers/voice-activity.ts'
import {
  type ScriptedJob,
  scriptedRecognizer,
  type ScriptedRecognizerOptions,
} from '../../lib/testing/index.ts'
import {
  LocalTranscriber,
  type LocalTranscriberOptions,
} from '../../lib/transcribe/local-transcriber.ts'
import { eventsOf, jfkWords, speak } from '../fixtures/scripted.ts'
import {
  chunksFrom,
  jfk,
  jfkText,
  samplesOf,
} from '../fixtures/speech-clips.ts'

/*
 * The contract of a recogniser, through what most applications use it by.
 */

const speech = await samplesOf(jfk)

/** The turns of the clip with the shortest silence between them. */
const turns = { shortTurnSilenceMs: 500 }
const jfkTurns = [
  'And so my fellow Americans',
  'ask not what your country can do for you,',
  'ask what you can do for your country.',
]

const write = (stage: LocalTranscriber): void => {
  for (const chunk of chunksFrom(speech, 800)) stage.write(chunk)
}

const heard = (options: LocalTranscriberOptions): Promise<TranscriptEvent[]> =>
  eventsOf(new LocalTranscriber(options), stage =>
    options.live ? speak(stage, chunksFrom(speech, 1_600)) : write(stage),
  )

const finalsOf = (events: readonly TranscriptEvent[]): FinalEvent[] =>
  events.filter(event => event.type === 'final')

const textsOf = (events: readonly TranscriptEvent[]): string[] =>
  finalsOf(events).map(({ text }) => text)

/** What fails, and what came before. */
const failing = async (
  script: ScriptedRecognizerOptions,
  options: LocalTranscriberOptions = {},
) => {
  const recognizer = scriptedRecognizer({ words: jfkWords, ...script })
  const stage = new LocalTranscriber({ recognizer, ...turns, ...options })
  const events: TranscriptEvent[] = []
  stage.on('data', (event: TranscriptEvent) => events.push(event))
  write(stage)
  stage.end()
  const error: unknown = await finished(stage).catch((error: unknown) => error)
  return { events, error }
}

t.test('recognize is all that a recogniser needs', async t => {
  const { voiceActivity } = scriptedRecognizer({ words: jfkWords })
  const calls: number[] = []
  const recognizer: Recognizer = {
    model: 'mine',
    recognize: async samples => {
      calls.push(samples.length)
      return { text: ` call ${calls.length}\n` }
    },
  }
  for (const live of [false, true]) {
    calls.length = 0
    const events = await heard({ recognizer, voiceActivity, live, ...turns })
    t.match(events[0], { type: 'start', engine: 'local', model: 'mine' })
    t.same(textsOf(events), ['call 1', 'call 2', 'call 3'])
    t.notOk(finalsOf(events).some(final => 'words' in final))
    t.equal(calls.length, 3)
    t.notOk(events.some(({ type }) => type === 'warning'))
  }
})

t.test('finals have what the recogniser says of its words', async t => {
  const words = jfkWords.map(word => ({ ...word, probability: 0.98765 }))
  const recognizer = scriptedRecognizer({ words, language: 'en' })
  for (const live of [false, true]) {
    const finals = finalsOf(await heard({ recognizer, live, ...turns }))
    t.same(
      finals.map(({ text }) => text),
      jfkTurns,
    )
    t.same(
      finals.flatMap(({ words }) => words),
      jfkWords.map(word => ({ ...word, probability: 0.988, source: 'model' })),
    )
    t.ok(finals.every(({ language }) => language === 'en'))
  }
  const plain = scriptedRecognizer({ words: jfkWords, wordTimes: false })
  for (const live of [false, true]) {
    const finals = finalsOf(await heard({ recognizer: plain, live, ...turns }))
    t.same(
      finals.map(({ text }) => text),
      jfkTurns,
    )
    for (const final of finals)
      t.notOk('words' in final || 'language' in final, 'and no more')
  }
})

t.test('words may have their ends alone, where attention looked', async t => {
  const scripted = scriptedRecognizer({ words: jfkWords })
  const recognizer: Recognizer = {
    model: 'mine',
    wordTimes: 'attention',
    voiceActivity: scripted.voiceActivity,
    recognize: async (samples, options) => {
      const { words = [] } = await scripted.recognize(samples, options)
      return { words: words.map(({ text, end }) => ({ text, end: end! })) }
    },
  }
  const [final] = finalsOf(await heard({ recognizer }))
  t.same(
    final!.words!.map(({ end }) => end),
    jfkWords.map(({ end }) => end),
  )
  let before = final!.start
  for (const { start, end, source } of final!.words!) {
    t.equal(source, 'attention')
    t.ok(start >= before && start < end)
    before = end
  }
  // After the pause of a second the next word begins with the voice.
  t.ok(final!.words![5]!.start > 3_200)
})

t.test('language and keywords are passed on, or refused', async t => {
  const asked: ScriptedJob[] = []
  for (const live of ['partial', 'stream', 'none'] as const) {
    const recognizer = scriptedRecognizer({
      words: jfkWords,
      live,
      languages: ['en', 'de'],
      supportsKeywords: true,
    })
    const keywords = ['Kennedy']
    await heard({ recognizer, language: 'de-AT', keywords, live: true })
    await heard({ recognizer, language: 'de-AT', keywords })
    asked.push(...recognizer.jobs)
    t.throws(() => new LocalTranscriber({ recognizer, language: 'fr' }), {
      code: 'VOX_LANGUAGE',
      message: /scripted knows English and German, not 'fr'/,
    })
  }
  const words = asked.filter(({ type }) => !/^(ready|warm|detect)/.test(type))
  t.equal(new Set(words.map(({ type }) => type)).size, 4)
  for (const { language, keywords } of words)
    t.same({ language, keywords }, { language: 'de', keywords: ['Kennedy'] })

  const plain = scriptedRecognizer({ words: jfkWords })
  t.throws(
    () => new LocalTranscriber({ recognizer: plain, keywords: ['Kennedy'] }),
    { code: 'VOX_OPTION', option: 'keywords' },
  )
  await heard({ recognizer: plain, language: 'tlh' })
  const job = plain.jobs.find(({ type }) => type === 'recognize')
  t.match(job, { language: 'tlh' }, 'it may know any')
  t.equal(job!.keywords, undefined)
})

t.test('voice activity of your own finds the turns', async t => {
  const recognizer = scriptedRecognizer({ words: jfkWords })
  let closed = false
  /** The second second is speech. */
  const voiceActivity = {
    detect: async (
      samples: Float32Array,
      { state = 0 }: { readonly state?: unknown } = {},
    ) => {
      const seen = state as number
      const probabilities = new Float32Array(samples.length / VAD_FRAME)
      for (const i of probabilities.keys()) {
        const at = seen + i * VAD_FRAME
        if (at >= 16_000 && at < 32_000) probabilities[i] = 0.9
      }
      return { probabilities, state: seen + samples.length }
    },
    close: async () => void (closed = true),
  }
  const events = await heard({ recognizer, voiceActivity })
  t.match(finalsOf(events), [
    { start: 1_024, end: 2_016, text: 'my fellow Americans' },
  ])
  t.equal(finalsOf(events).length, 1)
  t.notOk(recognizer.jobs.some(({ type }) => type === 'detect'))
  t.notOk(closed || recognizer.closed, 'whoever made them closes them')
})

/** A gate that holds whoever waits until it is opened, the last one first. */
const gateFor = () => {
  const waiting: (() => void)[] = []
  let isOpen = false
  return {
    get count(): number {
      return waiting.length
    },
    wait: () =>
      isOpen
        ? undefined
        : new Promise<void>(resolve => void waiting.unshift(resolve)),
    open: (): void => {
      isOpen = true
      for (const go of waiting) go()
    },
  }
}

t.test('finals come in order, however slow a job is', async t => {
  const done: number[] = []
  const gate = gateFor()
  const recognizer = scriptedRecognizer({
    words: jfkWords,
    size: 3,
    onJob: async ({ type, number }) => {
      if (type !== 'recognize') return
      await gate.wait()
      done.push(number)
    },
  })
  const events = await eventsOf(
    new LocalTranscriber({ recognizer, ...turns }),
    async stage => {
      write(stage)
      while (gate.count < 2) await turnOfTheLoop()
      stage.end()
      while (gate.count < 3) await turnOfTheLoop()
      gate.open()
    },
  )
  t.same(textsOf(events), jfkTurns)
  t.same(done, [3, 2, 1])
})

t.test('asks for twice as many turns at once as it works on', async t => {
  // No two turns in a step of voice activity.
  const part = joinSamples([speech, new Float32Array(9 * 16_000)])
  for (const size of [1, 2, 3]) {
    const gate = gateFor()
    const recognizer = scriptedRecognizer({
      words: jfkWords,
      repeatMs: 20_000,
      size,
      onJob: ({ type }) => (type === 'recognize' ? gate.wait() : undefined),
    })
    const stage = new LocalTranscriber({ recognizer })
    const events = await eventsOf(stage, async stage => {
      for (let at = 0; at < 4 * size; at++)
        for (const chunk of chunksFrom(part, 800, at * part.length))
          stage.write(chunk)
      while (gate.count < 2 * size) await turnOfTheLoop()
      for (let i = 0; i < 50; i++) await turnOfTheLoop()
      t.equal(gate.count, 2 * size)
      gate.open()
    })
    t.equal(textsOf(events).length, 4 * size)
  }
})

t.test('what was recognised is read, and then the error', async t => {
  const error = new Error('of the recogniser')
  const failAt =
    (type: ScriptedJob['type'], number: number) => (job: ScriptedJob) => {
      if (job.type === type && job.number === number) throw error
    }
  const second = await failing({ onJob: failAt('recognize', 2) })
  t.same(textsOf(second.events), jfkTurns.slice(0, 1))
  t.equal(second.error, error)
  t.notOk(second.events.some(({ type }) => type === 'end'))

  const ready = await failing({ onJob: failAt('ready', 1) })
  t.same(ready.events, [], 'not even a start')
  t.equal(ready.error, error)

  const detecting = await failing({ onJob: failAt('detect', 1) })
  t.equal(detecting.error, error)

  const warming = await failing({ onJob: failAt('warm-up', 1) }, { live: true })
  t.equal(warming.error, undefined, 'the first turn tells it')
  t.same(textsOf(warming.events), jfkTurns)
})

t.test('is warmed up for live speech alone, and never closed', async t => {
  for (const live of [false, true]) {
    const recognizer = scriptedRecognizer({ words: jfkWords })
    await heard({ recognizer, live })
    t.equal(recognizer.warm, live)
    t.notOk(recognizer.closed)
    const lives = recognizer.jobs
      .filter(({ type }) => type === 'recognize')
      .map(job => job.live)
    t.ok(lives.every(one => one === live))
  }
})

t.test('a source is one session, and an abort withdraws its jobs', async t => {
  const recognizer = scriptedRecognizer({
    words: jfkWords,
    onJob: ({ type }) =>
      type === 'recognize' ? new Promise(() => {}) : undefined,
  })
  const stages = [1, 2].map(
    () => new LocalTranscriber({ recognizer, ...turns }),
  )
  for (const stage of stages) write(stage.resume())
  const asked = (): ScriptedJob[] =>
    recognizer.jobs.filter(({ type }) => type === 'recognize')
  for (const stage of stages) {
    stage.end()
    stage.on('error', () => {})
  }
  while (asked().length < 6) await turnOfTheLoop()
  const sessions = new Set(asked().map(({ session }) => session))
  t.equal(sessions.size, 2)
  t.equal(new Set(recognizer.jobs.map(job => job.session)).size, 3, 'or ready')
  stages[0]!.destroy()
  const aborted = asked().map(({ signal }) => signal!.aborted)
  t.equal(aborted.filter(Boolean).length, 3)
  stages[1]!.destroy()
  t.ok(asked().every(({ signal }) => signal!.aborted))
})

t.test('turns that are committed are recognised alike', async t => {
  for (const live of ['partial', 'stream', 'none'] as const) {
    const recognizer = scriptedRecognizer({
      words: jfkWords,
      live,
      language: 'en',
    })
    const stage = new LocalTranscriber({
      recognizer,
      live: true,
      turnDetection: 'manual',
    })
    const events = await eventsOf(stage, async stage => {
      await speak(stage, chunksFrom(speech.subarray(0, 128_000), 1_600))
      stage.commit()
      await speak(stage, chunksFrom(speech.subarray(128_000), 1_600, 128_000))
    })
    t.same(textsOf(events), [`${jfkTurns[0]} ${jfkTurns[1]}`, jfkTurns[2]])
    const finals = finalsOf(events)
    t.equal(finals.flatMap(({ words }) => words).length, jfkWords.length)
    for (const { turn, text, language } of finals) {
      t.equal(language, 'en')
      const deltas = events.filter(
        event => event.type === 'delta' && event.turn === turn,
      )
      t.equal(deltas.map(delta => 'text' in delta && delta.text).join(''), text)
    }
  }
  t.equal(jfkTurns.join(' '), jfkText)
})
