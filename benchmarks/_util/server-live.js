import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { Resampler } from 'voxpipe'
import { openaiClient, RealtimeTranscriber } from 'voxpipe/openai'

const command = fileURLToPath(
  new URL('../../dist/cli/main.js', import.meta.url),
)

/** Starts `voxpipe serve` in a process of its own. */
const startServer = async model => {
  const args = [command, 'serve', '--port', '0', '--model', model]
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const lines = createInterface(child.stdout)
  const closed = once(child, 'close')
  const [baseURL] = await Promise.race([
    once(lines, 'line'),
    closed.then(([code]) => {
      throw new Error(`the server ended with code ${code}`)
    }),
  ])
  return {
    baseURL,
    close: async () => {
      child.kill()
      await closed
    },
  }
}

/** The model to ask for, by who finds the turns. */
const models = {
  server_vad: model => `moonshine-${model}`,
  local_vad: () => 'gpt-live-transcribe',
}

const way = new URL(import.meta.url).searchParams.get('way')

/**
 * The server of this package as a live engine, by RealtimeTranscriber; its
 * audio is resampled on the way. Who finds the turns is in the module's URL:
 * `?way=server_vad`, `?way=local_vad`.
 *
 * @type {import('../../dist/benchmarks/competitors.js').LiveStart}
 */
const startServerLive = async ({ model, silenceMs }) => {
  const server = await startServer(model)
  const { baseURL } = server
  const client = await openaiClient({ apiKey: 'none', baseURL })
  return {
    model: `moonshine-${model}`,
    width: 1,
    run: (source, { signal }) =>
      // Whoever reads the last stage is told of an error anywhere.
      pipeline(
        source,
        new Resampler({ sampleRate: 24_000 }),
        new RealtimeTranscriber({
          client,
          model: models[way](model),
          live: true,
          turnDetection: { type: way, silenceDurationMs: silenceMs },
          signal,
        }),
        () => {},
      ),
    close: server.close,
  }
}

export default startServerLive
