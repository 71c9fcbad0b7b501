import { pipeline } from 'node:stream'
import {
  EnginePool,
  LocalTranscriber,
  defaultModel,
  transcribe,
} from '../../dist/index.js'
import { startOpenAILive } from './openai-live.js'
import { startServerLive } from './server-live.js'
import { startSherpaLive } from './sherpa-live.js'

/**
 * Silence that ends a turn, in ms: told to every engine, so that it can be
 * taken off what they measure.
 */
export const silenceMs = 500

/**
 * An engine, started and ready.
 *
 * @typedef {object} LiveEngine
 * @property {string} model
 * @property {number} width how many streams it takes to use all of it
 * @property {import('../../dist/bench/latency/measure-latency.js').LatencyEngine} run
 * @property {(path: string) => Promise<string>} [decodeFile] a file at once
 * @property {() => Promise<void>} close
 */

const startLocal = async ({ latency, model = defaultModel(true) }) => {
  const pool = new EnginePool({ model })
  await pool.ready()
  const options = {
    live: true,
    pool,
    silenceDurationMs: silenceMs,
    ...(latency && { latency }),
  }
  return {
    model: pool.model,
    width: pool.size,
    run: (source, { signal }) =>
      // Whoever reads the last stage is told of an error anywhere.
      pipeline(source, new LocalTranscriber({ ...options, signal }), () => {}),
    decodeFile: path => transcribe(path, { pool }).text(),
    close: () => pool.close(),
  }
}

/**
 * Engines by name; each answers undefined where it is not installed.
 *
 * @type {Record<string, (options: { latency?: string, model?: string, way?: string }) =>
 *   Promise<LiveEngine | undefined>>}
 */
export const liveEngines = {
  local: startLocal,
  sherpa: ({ model }) => startSherpaLive({ model, silenceMs }),
  openai: ({ model }) => startOpenAILive({ model, silenceMs }),
  server: ({ way, model }) => startServerLive({ way, model, silenceMs }),
}
