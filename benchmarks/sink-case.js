/** One row of sink.js: so many Realtime sinks at real time. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { distributionOf } from '../dist/benchmarks/statistics.js'
import { childProcessUsage } from 'voxpipe/recognizers'
import { numberedTurns } from 'voxpipe/testing'
import { answerCase } from './_util/child.js'
import {
  chunkOf,
  knownTurns,
  numbered,
  spoken,
  turns,
} from './_util/sink-audio.js'
import { bareClient, voxpipeClient } from './_util/sink-clients.js'
import { nowMs, sleepUntil } from './_util/sink-clock.js'

const CHUNK_MS = 50
const CHUNK_SAMPLES = 1_200
/** Audio between two answers: more would cost the server more than the sinks. */
const ANSWER_MS = 200
/** For all to connect. */
const CONNECT_MS = 2_000
/** Not measured: what is hot is compiled. */
const WARM_UP_S = 8

/**
 * Starts the server in a process of its own, whose garbage is collected by no
 * other thread: those would take the core on which the sinks run.
 */
const startServer = async options => {
  const script = fileURLToPath(new URL('_util/sink-server.js', import.meta.url))
  const execArgv = ['--single-threaded-gc']
  const child = fork(script, [JSON.stringify(options)], { execArgv })
  const [{ baseURL }] = await once(child, 'message')
  return {
    baseURL,
    cpu: async () => {
      child.send('cpu')
      const [{ cpu }] = await once(child, 'message')
      return cpu
    },
    close: () => child.disconnect(),
  }
}

const msOf = ({ user, system }) => (user + system) / 1_000

/**
 * Chunks come at real time. Streams begin one after another within some 3 s,
 * so that neither their chunks nor their turns come at the same moment.
 */
const planOf = (chunks, streams) => {
  const began = nowMs() + CONNECT_MS
  return {
    chunks,
    /** When a stream's chunk has been spoken. */
    due: (stream, n) => began + (n + 1 + (61 * stream) / streams) * CHUNK_MS,
    measuredFrom: began + WARM_UP_S * 1_000,
    until: began + chunks.length * CHUNK_MS,
  }
}

/** Plays chunks to all clients, and says what it cost once they were warm. */
const playAll = async ({ server, plan, clients }) => {
  const play = async (client, stream) => {
    for (const [n, chunk] of plan.chunks.entries()) {
      await sleepUntil(plan.due(stream, n))
      client.write(chunk)
    }
  }
  const look = async at => {
    await sleepUntil(at)
    const serverMs = msOf(await server.cpu())
    // The server is a child of this process too; the rest is the engine's.
    const engineMs = childProcessUsage().cpuMs - serverMs
    const ownMs = msOf(process.cpuUsage()) + engineMs
    return { at: nowMs(), ownMs, serverMs }
  }
  const measure = async () => {
    const from = await look(plan.measuredFrom)
    const to = await look(plan.until)
    const ms = to.at - from.at
    return {
      seconds: ms / 1_000,
      load: (to.ownMs - from.ownMs) / ms,
      serverLoad: (to.serverMs - from.serverMs) / ms,
    }
  }
  const [loads] = await Promise.all([measure(), ...clients.map(play)])
  await Promise.all(clients.map(client => client.end()))
  server.close()
  return loads
}

const inputs = {
  'live model': async seconds => ({
    chunks: numbered(seconds),
    options: {
      model: 'gpt-live-transcribe',
      turnDetection: numberedTurns(turns),
    },
  }),
  'server VAD': async seconds => ({
    chunks: numbered(seconds),
    options: {
      model: 'gpt-transcribe',
      turnDetection: { type: 'server_vad' },
    },
  }),
  'speech, turns known': async seconds => {
    const chunks = await spoken(seconds)
    const turnDetection = await knownTurns(chunks)
    return { chunks, options: { turnDetection } }
  },
  'speech, local VAD': async seconds => ({
    chunks: await spoken(seconds),
    options: { turnDetection: { type: 'local_vad' } },
  }),
}

const makers = { voxpipe: voxpipeClient, ws: bareClient }

const start = async ({ client, input, streams, seconds, liveMs, onDelta }) => {
  const { chunks, options } = await inputs[input](WARM_UP_S + seconds)
  const server = await startServer({ liveMs })
  const plan = planOf(chunks, streams)
  const connecting = Array.from({ length: streams }, (_, stream) =>
    makers[client]({
      baseURL: server.baseURL,
      onDelta: text => onDelta(text, stream, plan),
      ...options,
      ...(liveMs && { prompt: `stream ${stream}` }),
    }),
  )
  return { server, plan, clients: await Promise.all(connecting) }
}

/** CPU time of a stream. */
const costCase = async row => {
  const loads = await playAll(await start({ ...row, onDelta: () => {} }))
  return { ...row, ...loads, perStream: loads.load / row.streams }
}

/**
 * From the moment at which a chunk is due, through the server, which answers
 * each at once, to that at which its text is read.
 */
const delayCase = async row => {
  const [toServer, toReader, both] = [[], [], []]
  const onDelta = (text, stream, plan) => {
    const read = nowMs()
    const [, heard, frame, samples] =
      / ([\d.]+)\/(\d+)\/(\d+)$/.exec(text) ?? []
    if (!heard) return
    const n = chunkOf(Number(frame)) + samples / CHUNK_SAMPLES - 1
    const due = plan.due(stream, n)
    if (due < plan.measuredFrom) return
    toServer.push(heard - due)
    toReader.push(read - heard)
    both.push(read - due)
  }
  const loads = await playAll(
    await start({ ...row, input: 'live model', liveMs: ANSWER_MS, onDelta }),
  )
  return {
    ...row,
    ...loads,
    toServer: distributionOf(toServer),
    toReader: distributionOf(toReader),
    both: distributionOf(both),
  }
}

await answerCase(({ what, ...row }) =>
  ({ cost: costCase, delay: delayCase })[what](row),
)
