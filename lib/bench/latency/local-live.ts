import { pipeline } from 'node:stream'
import { chunksOf } from '../../core/stage.ts'
import { EnginePool } from '../../engine/engine-pool.ts'
import type { Latency } from '../../engine/latency.ts'
import { defaultModel } from '../../engine/resolve-engine.ts'
import { transcribe } from '../../transcribe.ts'
import { LocalTranscriber } from '../../transcribers/local.ts'
import type { LiveStart } from '../competitors.ts'

/** The local engine, with its models loaded. */
export const startLocalLive = (async ({
  latency,
  model = defaultModel(true),
  modelDir,
  silenceMs,
}) => {
  const pool = new EnginePool({ model, ...(modelDir && { modelDir }) })
  await pool.warmUp()
  return {
    model: pool.model,
    width: pool.size,
    run: (source, { signal }) => {
      const transcriber = new LocalTranscriber({
        live: true,
        pool,
        silenceDurationMs: silenceMs,
        ...(latency && { latency: latency as Latency }),
        signal,
      })
      // Whoever reads the last stage is told of an error anywhere.
      pipeline(source, transcriber, () => {})
      return chunksOf(transcriber)
    },
    decodeFile: path => transcribe(path, { pool }).text(),
    close: () => pool.close(),
  }
}) satisfies LiveStart
