import { openaiClient, transcribe } from 'voxpipe'
import type { BenchClip } from '../clips.ts'
import { startRecognizer } from '../user-modules.ts'
import { readSamples, wavOf } from '../samples.ts'
import type { Degradation } from './accuracy-data.ts'
import { degrade } from './degrade.ts'

/** What {@link hearCase} is asked: who hears, what, and in which ways. */
export type HearQuestion = {
  readonly engine: 'local' | 'openai'
  readonly model: string
  readonly modelDir?: string
  /** Absolute path of a module with a recogniser, in place of `model`. */
  readonly recognizer?: string
  /** By their paths: all of their samples at once may be too much. */
  readonly clips: readonly Pick<BenchClip, 'id' | 'path' | 'language'>[]
  readonly degradations: readonly Degradation[]
}

/** For each clip what was heard, in the order of the degradations. */
export type HearAnswer = readonly (readonly string[])[]

type Listener = {
  /** How many files at once make use of all of it. */
  readonly width: number
  readonly hear: (wav: Uint8Array, language: string) => Promise<string>
  readonly close: () => Promise<void>
}

/** Requests of its own that a service answers at once without complaint. */
const REQUESTS = 4

const localListener = async ({
  model,
  modelDir,
  recognizer: own,
}: HearQuestion): Promise<Listener> => {
  const recognizer = await startRecognizer({
    model,
    ...(modelDir && { modelDir }),
    ...(own && { recognizer: own }),
  })
  return {
    width: recognizer.size ?? 1,
    hear: (wav, language) => transcribe(wav, { recognizer, language }).text(),
    close: async () => recognizer.close?.(),
  }
}

const openaiListener = async ({ model }: HearQuestion): Promise<Listener> => {
  const client = await openaiClient()
  return {
    width: REQUESTS,
    hear: (wav, language) =>
      transcribe(wav, { engine: 'openai', client, model, language }).text(),
    close: async () => {},
  }
}

/** What one model hears in clips, each degraded in each of some ways. */
const hearCase = async (
  question: HearQuestion,
  { signal }: { readonly signal: AbortSignal },
): Promise<HearAnswer> => {
  const { engine, clips, degradations } = question
  const { width, hear, close } =
    engine === 'local'
      ? await localListener(question)
      : await openaiListener(question)
  const heard = clips.map((): string[] => [])
  const waiting = clips.entries()
  const work = async (): Promise<void> => {
    for (const [i, { id, path, language }] of waiting) {
      const samples = await readSamples(path, signal)
      for (const how of degradations) {
        const wav = wavOf(await degrade(samples, how, signal))
        try {
          heard[i]!.push(await hear(wav, language))
        } catch (cause) {
          const { message } = cause as Error
          throw new Error(`clip '${id}', ${how}: ${message}`, { cause })
        }
      }
    }
  }
  await Promise.all(Array.from({ length: width }, work))
  await close()
  return heard
}

export default hearCase
