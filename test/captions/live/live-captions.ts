import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import t from 'tap'
import { cleanText } from '../../../lib/captions/cues/caption-text.ts'
import { LiveCaptions } from '../../../lib/captions/live/live-captions.ts'
import { liveCorrection } from '../../../lib/captions/live/live-correction.ts'
import type { RollUpScreen } from '../../../lib/captions/live/roll-up-screen.ts'
import { chunksOf } from '../../../lib/core/stage.ts'
import type { TranscriptEvent } from '../../../lib/core/transcript-event.ts'
import type { Recognizer } from '../../../lib/recognizers/recognizer.ts'
import {
  scriptedRecognizer,
  type ScriptedWord,
} from '../../../lib/testing/index.ts'
import { LocalTranscriber } from '../../../lib/transcribe/local-transcriber.ts'
import { events } from '../../fixtures/captions.ts'
import { scriptOf, speak } from '../../fixtures/scripted.ts'
import { chunksFrom, ownClips, samplesOf } from '../../fixtures/speech-clips.ts'

const shown = async (
  source: Iterable<unknown>,
  stage = new LiveCaptions(),
): Promise<RollUpScreen[]> => {
  const screens: RollUpScreen[] = []
  await pipeline(
    Readable.from(source),
    stage,
    async (list: AsyncIterable<RollUpScreen>) => {
      for await (const screen of list) screens.push(screen)
    },
  )
  return screens
}

t.test('a screen comes with its delta', async t => {
  const stage = new LiveCaptions()
  stage.write({ type: 'delta', turn: '1', text: 'And so', at: 500 })
  await once(stage, 'readable')
  const screen = { at: 500, lines: ['And so'], top: 0 }
  t.strictSame(stage.read(), screen)
  stage.end()
  t.strictSame(await stage.toArray(), [{ at: 4500, lines: [], top: 1 }])
})

t.test('sizes and rules', async t => {
  const final: TranscriptEvent = {
    type: 'final',
    turn: '1',
    text: 'And so my fellow Americans',
    speaker: 'JFK',
    start: 0,
    end: 1000,
  }
  const lines = async (
    options: ConstructorParameters<typeof LiveCaptions>[0],
  ): Promise<readonly string[]> => {
    const screens = await shown([final], new LiveCaptions(options))
    return screens.at(-2)!.lines
  }
  t.strictSame(await lines({ maxLineWidth: 20 }), [
    '>> And so my fellow',
    'Americans',
  ])
  t.strictSame(await lines({ maxLineWidth: 20, maxLineCount: 1 }), [
    'Americans',
  ])
  t.strictSame(await lines({ profile: { speakers: 'names' } }), [
    'JFK: And so my fellow Americans',
  ])
  t.strictSame(await lines({ profile: 'fcc-608' }), [
    '>> And so my fellow Americans',
  ])
})

t.test('what cannot be used', async t => {
  const code = 'VOX_OPTION'
  t.throws(() => new LiveCaptions({ profile: 'netflix' }), {
    code,
    message: /must roll up/,
  })
  t.throws(() => new LiveCaptions({ profile: 'none' as 'live' }), { code })
  t.throws(() => new LiveCaptions({ maxLineWidth: 0 }), { code })
  t.throws(() => new LiveCaptions({ signal: {} as AbortSignal }), { code })
  await t.rejects(shown([{ type: 'word' }]), { code: 'VOX_FORMAT' })
  const signal = AbortSignal.abort()
  await t.rejects(shown(events, new LiveCaptions({ signal })), {
    name: 'AbortError',
  })
})

t.test('it is read one by one, too', async t => {
  const stage = Readable.from(events).pipe(new LiveCaptions())
  let at = 0
  for await (const screen of chunksOf(stage)) {
    t.ok(screen.at >= at)
    at = screen.at
  }
  t.ok(at > 9000)
})

/** Words without their punctuation, which may come too late to be shown. */
const wordsOf = (text: string): string[] =>
  text.split(' ').map(word => word.replace(/\p{P}+$/u, ''))

/** Hears some words wrong while somebody speaks, and finals as they are. */
const mishearing = (words: readonly ScriptedWord[]): Recognizer => {
  const scripted = scriptedRecognizer({ words })
  return {
    model: 'mishearing',
    voiceActivity: scripted.voiceActivity,
    recognize: (samples, options) => scripted.recognize(samples, options),
    recognizePartial: async (samples, options) => {
      const { words = [] } = await scripted.recognizePartial!(samples, options)
      return {
        words: words.map(word =>
          word.text.length % 3 === 0 ? { ...word, text: 'perhaps' } : word,
        ),
      }
    },
  }
}

t.test('live speech is shown whole', async t => {
  let corrected = 0
  for (const clip of await ownClips()) {
    const { id } = clip
    const recognizer = mishearing(scriptOf(clip))
    const heard: TranscriptEvent[] = []
    const screens: RollUpScreen[] = []
    const transcriber = new LocalTranscriber({ recognizer, live: true })
    const samples = await samplesOf(clip.path)
    const spoken = speak(transcriber, chunksFrom(samples, 1_600))
    const ended = spoken.then(() => transcriber.end())
    await pipeline(
      transcriber,
      async function* (source: AsyncIterable<TranscriptEvent>) {
        for await (const event of source) {
          heard.push(event)
          yield event
        }
      },
      new LiveCaptions({ profile: 'fcc-608' }),
      async (source: AsyncIterable<RollUpScreen>) => {
        for await (const screen of source) screens.push(screen)
      },
    )
    await ended
    t.ok(screens.length > 5, `${screens.length} screens`)
    const lines: string[] = []
    for (const { top, lines: now } of screens)
      for (const [i, line] of now.entries()) {
        t.ok(line.startsWith(lines[top + i] ?? ''), 'only grows')
        lines[top + i] = line
      }
    const words = wordsOf(lines.join(' '))
    const finals = heard.filter(event => event.type === 'final')
    t.ok(finals.length > 0)
    for (const { turn, text: final } of finals) {
      const deltas = heard.filter(
        event => event.type === 'delta' && event.turn === turn,
      )
      const live = cleanText(
        deltas.map(event => 'text' in event && event.text).join(''),
      )
      const { rest, corrections } = liveCorrection(live, final)
      corrected += corrections.length
      for (const word of wordsOf([live + rest, ...corrections].join(' '))) {
        const at = words.indexOf(word)
        t.ok(at >= 0, `'${word}' of ${id} was shown`)
        words.splice(at, 1)
      }
    }
  }
  t.ok(corrected > 3, `${corrected} corrections`)
})
