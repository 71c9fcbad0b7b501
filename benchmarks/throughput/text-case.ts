import { availableParallelism } from 'node:os'
import { type FinalEvent, transcribe } from 'voxpipe'
import { childProcessUsage, resolveModel } from 'voxpipe/recognizers'
import type { FileStart } from '../competitors.ts'
import { longSpeech, type SpokenClip } from './speech.ts'
import { wordErrors, wordsOf } from '../word-errors.ts'
import { wavOf } from '../samples.ts'
import { startRecognizer } from '../user-modules.ts'

/** What is asked of the case. */
export type TextQuestion = {
  readonly model: string
  readonly modelDir?: string
  /** Absolute path of a module with a recogniser, in place of `model`. */
  readonly recognizer?: string
  readonly clips: readonly SpokenClip[]
  /** How much speech at least. */
  readonly seconds: number
  readonly rounds: number
  /** {@link FileStart} modules, by name. */
  readonly competitors: Readonly<Record<string, string>>
}

/** What it answers; times in ms, one a round. */
export type TextAnswer = {
  readonly seconds: number
  readonly loadMs: number
  readonly peakRss: number
  readonly ours: readonly number[]
  readonly beside: readonly {
    readonly name: string
    readonly times: number[]
  }[]
  /** Competitors that are not installed. */
  readonly absent: readonly string[]
}

/** Audio that the engine hears around a turn, in ms. */
const [BEFORE_MS, AFTER_MS] = [300, 200]
const MOST_ERRORS = 0.5

const check = (name: string, reference: string, heard: string): void => {
  if (reference === '') return
  const rate = wordErrors(reference, heard) / wordsOf(reference).length
  if (rate > MOST_ERRORS)
    throw new Error(
      `${name}: ${Math.round(100 * rate)} % of the words are wrong`,
    )
}

/**
 * How fast a file becomes text; and the same turns with the same model by
 * others, each after us in every round.
 *
 * @throws where the text is wrong
 */
export default async ({
  model,
  modelDir,
  recognizer: own,
  clips,
  seconds: wanted,
  rounds,
  competitors,
}: TextQuestion): Promise<TextAnswer> => {
  const where = modelDir === undefined ? {} : { modelDir }
  const { samples, text } = longSpeech(clips, wanted)
  const wav = wavOf(samples)
  const began = performance.now()
  const recognizer = await startRecognizer({
    model,
    ...where,
    ...(own && { recognizer: own }),
  })
  const loadMs = performance.now() - began
  const finals: FinalEvent[] = []
  for await (const event of transcribe(wav, { recognizer }))
    if (event.type === 'final') finals.push(event)
  check('voxpipe', text, finals.map(final => final.text).join(' '))
  const peakRss =
    process.resourceUsage().maxRSS * 1024 + childProcessUsage().peakRss
  const turns = finals.map(({ start, end }) =>
    samples.slice(Math.max(0, start - BEFORE_MS) * 16, (end + AFTER_MS) * 16),
  )
  const others: { name: string; all: () => string; times: number[] }[] = []
  const absent: string[] = []
  for (const [name, url] of Object.entries(competitors)) {
    const { default: start } = (await import(url)) as { default: FileStart }
    const { encoder, decoder } = await resolveModel(model, where)
    const threads = availableParallelism()
    const peer = await start({ encoder, decoder, threads })
    if (!peer) {
      absent.push(name)
      continue
    }
    const all = (): string => turns.map(turn => peer.text(turn)).join(' ')
    check(name, text, all())
    others.push({ name, all, times: [] })
  }
  const ours: number[] = []
  for (let round = 0; round < rounds; round++) {
    let from = performance.now()
    await transcribe(wav, { recognizer }).text()
    ours.push(performance.now() - from)
    for (const { all, times } of others) {
      from = performance.now()
      all()
      times.push(performance.now() - from)
    }
  }
  await recognizer.close?.()
  const beside = others.map(({ name, times }) => ({ name, times }))
  const seconds = samples.length / 16_000
  return { seconds, loadMs, peakRss, ours, beside, absent }
}
