import { Worker } from 'node:worker_threads'
import type {
  Answer,
  EngineMessage,
  Job,
  EngineModels,
  TaskAnswer,
  EngineTask,
} from './engine-messages.ts'

/*
 * Main thread of the engine's process. It forwards jobs to inference threads
 * and returns their answers.
 */

/** Ends the process without native clean-up, which would abort it. */
const end = (): void => {
  process.kill(process.pid, 'SIGKILL')
}

// The parent decides when the process ends. After a signal to the whole group,
// it may still need a transcript.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {})
process.on('disconnect', end)
if (!process.connected) end()

const entry = new URL(
  import.meta.url.endsWith('.ts') ? './engine-thread.ts' : './engine-thread.js',
  import.meta.url,
)

const reply = (id: number, answer: Answer): void => {
  process.send!({ id, answer } satisfies TaskAnswer)
}

class InferenceThread {
  readonly #worker: Worker
  readonly #open = new Set<number>()
  ended = false

  constructor(models: EngineModels) {
    this.#worker = new Worker(entry, { workerData: models, stdin: false })
    this.#worker.on('message', ({ id, answer }: TaskAnswer) => {
      this.#open.delete(id)
      reply(id, answer)
    })
    this.#worker.on('error', error => this.#end(error.message))
    this.#worker.on('exit', code => this.#end(`a thread ended, code ${code}`))
  }

  post(task: EngineTask): void {
    if (task === 'load') return this.#worker.postMessage(task)
    this.#open.add(task.id)
    const job = withOwnBuffers(task.job)
    const { buffer } = job.samples
    this.#worker.postMessage({ id: task.id, job }, [buffer as ArrayBuffer])
  }

  #end(message: string): void {
    this.ended = true
    for (const id of this.#open) reply(id, { type: 'failed', message })
    this.#open.clear()
  }
}

/**
 * Copies the arrays of a job. Those of a message are views of the whole
 * message, which would be cloned for each of them.
 */
const withOwnBuffers = (job: Job): Job => {
  const samples = job.samples.slice()
  if (job.type !== 'detect' || !job.state) return { ...job, samples }
  const { memory, context } = job.state
  const state = { memory: memory.slice(), context: context.slice() }
  return { ...job, samples, state }
}

const threads: InferenceThread[] = []
let models: EngineModels

process.on('message', (message: EngineMessage) => {
  if ('models' in message) {
    models = message.models
    return
  }
  const { thread, task } = message
  if (threads[thread]?.ended !== false)
    threads[thread] = new InferenceThread(models)
  threads[thread].post(task)
})
