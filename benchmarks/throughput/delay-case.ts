import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { chunksOf, LocalTranscriber, transcribe } from 'voxpipe'
import { defaultModel, type Recognizer } from 'voxpipe/recognizers'
import { PacedSource } from '../latency/paced-source.ts'
import { longSpeech, type SpokenClip } from './speech.ts'
import { wavOf } from '../samples.ts'
import { startRecognizer } from '../user-modules.ts'
import type { ThroughputData } from './throughput-tables.ts'

/** What the process does while its event loop is watched. */
export const delayScenes = [
  'idle',
  'file → text',
  'live text of one stream',
] as const

/** What is asked of the case. */
export type DelayQuestion = {
  readonly scene: (typeof delayScenes)[number]
  readonly clips: readonly SpokenClip[]
  readonly modelDir?: string
  /** Absolute path of a module with a recogniser, in place of ours. */
  readonly recognizer?: string
  /** How much is played or waited for at real time. */
  readonly seconds: number
}

/** Of the timer that measures it. */
const RESOLUTION_MS = 1

/** Files go faster than real time; so much more of them is transcribed. */
const FILE_FACTOR = 15

const work = async (
  { scene, clips, seconds }: DelayQuestion,
  recognizer: Recognizer,
  signal: AbortSignal,
): Promise<void> => {
  if (scene === 'idle') return sleep(1_000 * seconds, undefined, { signal })
  let text = ''
  if (scene === 'file → text') {
    const { samples } = longSpeech(clips, seconds * FILE_FACTOR)
    text = await transcribe(wavOf(samples), { recognizer, signal }).text()
  } else {
    const { samples } = longSpeech(clips, seconds)
    const source = new PacedSource({ samples, signal })
    const transcriber = new LocalTranscriber({ live: true, recognizer, signal })
    source.on('error', error => transcriber.destroy(error)).pipe(transcriber)
    for await (const event of chunksOf(transcriber))
      if (event.type === 'final') text += event.text
  }
  if (text === '') throw new Error('no text came')
}

/**
 * How late the event loop comes to a timer, beyond what the timer itself
 * waits, while the engine works.
 */
export default async (
  question: DelayQuestion,
  { signal }: { readonly signal: AbortSignal },
): Promise<ThroughputData['loopDelays'][number]['delay']> => {
  const { scene, modelDir, recognizer: own } = question
  const recognizer = await startRecognizer({
    model: defaultModel(scene === 'live text of one stream'),
    ...(modelDir !== undefined && { modelDir }),
    ...(own !== undefined && { recognizer: own }),
  })
  const monitor = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  monitor.enable()
  await work(question, recognizer, signal)
  monitor.disable()
  await recognizer.close?.()
  const late = (ns: number): number => Math.max(0, ns / 1e6 - RESOLUTION_MS)
  const at = (percent: number): number => late(monitor.percentile(percent))
  return {
    n: monitor.count,
    p50: at(50),
    p90: at(90),
    p95: at(95),
    p99: at(99),
    p999: at(99.9),
    max: late(monitor.max),
  }
}
