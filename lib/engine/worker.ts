import { parentPort, workerData } from 'node:worker_threads'
import { Moonshine } from './moonshine.ts'
import { guess, recognize } from './recognize.ts'
import { SileroVad } from './silero.ts'
import type { Answer, Job, WorkerData } from './worker-protocol.ts'

/*
 * A worker of the engine pool: both models, one job at a time. Inference
 * blocks a thread while it runs, so none of it happens in the main one.
 */
const port = parentPort!
const { vad, recogniser } = workerData as WorkerData

let detector: Promise<SileroVad> | undefined
let moonshine: Promise<Moonshine> | undefined

const work = async (job: Job): Promise<Answer> => {
  if (job.type === 'detect') {
    detector ??= SileroVad.load(vad)
    const result = await (await detector).detect(job.samples, job.state)
    return { type: 'detected', result }
  }
  moonshine ??= Moonshine.load(recogniser!)
  const model = await moonshine
  const result =
    job.type === 'recognize'
      ? await recognize(model, job)
      : await guess(model, job)
  return { type: 'recognized', result }
}

const failed = (error: unknown): Answer => {
  const { code, message } = error as Error & { code?: string }
  return { type: 'failed', message, ...(code === undefined ? {} : { code }) }
}

port.on('message', (job: Job) => {
  void work(job).then(
    answer => port.postMessage(answer),
    error => port.postMessage(failed(error)),
  )
})
