import { parentPort, workerData } from 'node:worker_threads'
import { given } from '../../core/options.ts'
import type {
  Answer,
  Job,
  EngineModels,
  TaskAnswer,
  EngineTask,
} from './engine-messages.ts'
import type { Moonshine } from '../moonshine/moonshine.ts'
import type { SileroVad } from './silero.ts'

/*
 * Inference thread of the engine's process. Inference blocks it, so it does one
 * job at a time. It loads only what its jobs need.
 */

const port = parentPort!
const { vad, recogniser } = workerData as EngineModels

const loadDetector = async (): Promise<SileroVad> => {
  const { SileroVad } = await import('./silero.ts')
  return SileroVad.load(vad)
}

type Recogniser = typeof import('../moonshine/recognize.ts') & {
  readonly model: Moonshine
}

const loadRecogniser = async (): Promise<Recogniser> => {
  const { Moonshine } = await import('../moonshine/moonshine.ts')
  const model = await Moonshine.load(recogniser!)
  return { ...(await import('../moonshine/recognize.ts')), model }
}

let detector: Promise<SileroVad> | undefined
let loaded: Promise<Recogniser> | undefined

const work = async (job: Job): Promise<Answer> => {
  if (job.type === 'detect') {
    detector ??= loadDetector()
    const result = await (await detector).detect(job.samples, job.state)
    return { type: 'detected', result }
  }
  loaded ??= loadRecogniser()
  const { model, recognize, recognizePartial } = await loaded
  const result =
    job.type === 'recognize'
      ? await recognize(model, job)
      : await recognizePartial(model, job)
  return { type: 'recognized', result }
}

port.on('message', (task: EngineTask) => {
  if (task === 'load') {
    loaded ??= loadRecogniser()
    loaded.catch(() => {}) // the job that needs it fails with the same error
    return
  }
  const reply = (answer: Answer): void =>
    port.postMessage({ id: task.id, answer } satisfies TaskAnswer)
  void work(task.job).then(reply, ({ code, message }: NodeJS.ErrnoException) =>
    reply({ type: 'failed', message, ...given({ code }) }),
  )
})
