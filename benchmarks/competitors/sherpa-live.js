import { on, once } from 'node:events'
import { MessageChannel, Worker } from 'node:worker_threads'
import { defaultModel, resolveModel } from '../../dist/index.js'
import { resolveEngine } from '../../dist/recognizers/moonshine/moonshine-recognizer.js'

const threads = 2

/**
 * sherpa-onnx as a live engine, the way one would build it: a worker thread
 * of its own, because its decoding blocks the thread; turns by the same voice
 * activity detector and the same rules as ours; and LocalAgreement-2 over free
 * decodes of the open turn.
 *
 * @type {import('../../dist/benchmarks/competitors.js').LiveStart}
 */
const startSherpaLive = async ({ model, modelDir, silenceMs }) => {
  const name = model ?? defaultModel(true)
  const { vad } = await resolveEngine({ model: name, modelDir })
  const files = await resolveModel(name, { modelDir })
  const worker = new Worker(new URL('sherpa-live-worker.js', import.meta.url), {
    workerData: { files, vad, threads, silenceMs },
  })
  const [{ installed }] = await once(worker, 'message')
  if (!installed) return void (await worker.terminate())
  const failure = new AbortController()
  worker.on('error', error => failure.abort(error))
  return {
    model: name,
    width: 1,
    run: async function* (source, { signal }) {
      const stop = AbortSignal.any([signal, failure.signal])
      const { port1, port2 } = new MessageChannel()
      worker.postMessage(port2, [port2])
      source.on('data', ({ channels: [samples] }) =>
        port1.postMessage(samples, [samples.buffer]),
      )
      source.on('end', () => port1.postMessage(null))
      try {
        for await (const [event] of on(port1, 'message', { signal: stop })) {
          yield event
          if (event.type === 'end') return
        }
      } finally {
        port1.close()
      }
    },
    close: async () => void (await worker.terminate()),
  }
}

export default startSherpaLive
