import { Worker } from 'node:worker_threads'
import type {
  Answer,
  EngineMessage,
  Job,
  EngineModels,
  ThreadAnswer,
  ThreadTask,
} from './engine-messages.ts'

/*
 * The main thread of the engine's process: it hands jobs to inference
 * threads and their answers back, and infers nothing itself.
 */

/** Ends the process without the native clean-up that aborts it. */
const end = (): void => {
  process.kill(process.pid, 'SIGKILL')
}

// Whoever started it decides when it ends: text that was recognised before a
// signal still has to be written, with words that are still to be recognised.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {})
process.on('disconnect', end)
if (!process.connected) end()

const entry = new URL(
  import.meta.url.endsWith('.ts') ? './engine-thread.ts' : './engine-thread.js',
  import.meta.url,
)

const reply = (id: number, answer: Answer): void => {
  process.send!({ id, answer } satisfies ThreadAnswer)
}

/** One inference thread, and the jobs that it still has to answer. */
class InferenceThread {
  readonly #worker: Worker
  readonly #open = new Set<number>()
  #ended = false

  constructor(models: EngineModels) {
    this.#worker = new Worker(entry, { workerData: models, stdin: false })
    this.#worker.on('message', ({ id, answer }: ThreadAnswer) => {
      this.#open.delete(id)
      reply(id, answer)
    })
    this.#worker.on('error', error => this.#end(error.message))
    this.#worker.on('exit', code => this.#end(`a thread ended, code ${code}`))
  }

  /** Whether it can take no more tasks. */
  get ended(): boolean {
    return this.#ended
  }

  post(task: ThreadTask): void {
    if (task === 'load') return this.#worker.postMessage(task)
    this.#open.add(task.id)
    const job = owned(task.job)
    const { buffer } = job.samples
    this.#worker.postMessage({ id: task.id, job }, [buffer as ArrayBuffer])
  }

  #end(message: string): void {
    this.#ended = true
    for (const id of this.#open) reply(id, { type: 'failed', message })
    this.#open.clear()
  }
}

/**
 * A job with arrays of its own. Those of a message are views of the whole
 * message, which a thread would be sent once for each.
 */
const owned = (job: Job): Job => {
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
