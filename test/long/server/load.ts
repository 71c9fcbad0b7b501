import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import OpenAI from 'openai'
import t, { type Test } from 'tap'
import { joinSamples } from '../../../lib/audio/resample-wave.ts'
import { childProcessUsage } from '../../../lib/io/child-process.ts'
import { wav } from '../../fixtures/audio.ts'
import { RealtimeClient } from '../../fixtures/realtime-client.ts'
import { startBuiltCli } from '../../fixtures/cli-process.ts'
import { heardIn, heardLive } from '../../fixtures/heard.ts'
import { testModels } from '../../fixtures/models.ts'
import { serveProcess } from '../../fixtures/serve-process.ts'
import { pcm24 } from '../../fixtures/served.ts'
import { samplesOf, ownClips } from '../../fixtures/speech-clips.ts'

const startServer = async (...args: string[]) =>
  startBuiltCli(['serve', '--port', '0', ...args], {
    env: { VOXPIPE_MODELS: await testModels() },
  })

const LIVE = 8
const UPLOADS = 32
/** Recordings of equal length, each of them in another order. */
const RECORDINGS = 4
const SECONDS = 30
const PIECE_MS = 50
const MAX_MB = 1_000

const folder = t.testdir({})
const clips = await Promise.all(
  (await ownClips()).map(({ path }) => samplesOf(path)),
)

/** Writes a recording of so many seconds that begins with another clip. */
const record = async (index: number): Promise<string> => {
  const pause = new Float32Array(16_000)
  const order = clips.map((_, i) => clips[(i + index) % clips.length]!)
  const all = joinSamples(order.flatMap(clip => [clip, pause]))
  const path = join(folder, `${index}.wav`)
  await writeFile(path, wav([all.subarray(0, SECONDS * 16_000)]))
  return path
}
const paths = await Promise.all(
  Array.from({ length: Math.max(LIVE, RECORDINGS) }, (_, i) => record(i)),
)

const memoryOf = (pid: number): { now: number; most: number } => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const megabytes = (name: string): number =>
    Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)![1]) / 1_000
  const engine = childProcessUsage(pid)
  return {
    now: megabytes('VmRSS') + engine.rss / 1e6,
    most: megabytes('VmHWM') + engine.peakRss / 1e6,
  }
}

const meanOf = (times: readonly number[]): number =>
  times.reduce((sum, ms) => sum + ms, 0) / times.length

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`

/** Holds times against their mean, and tells them. */
const compare = (t: Test, name: string, times: readonly number[]): void => {
  const mean = meanOf(times)
  const slowest = Math.max(...times)
  t.comment(
    `${name}: fastest ${seconds(Math.min(...times))}, mean ${seconds(mean)}, slowest ${seconds(slowest)}, ${(slowest / mean).toFixed(2)} x the mean`,
  )
  t.ok(slowest <= 2 * mean, `${name}: the slowest within twice the mean`)
}

const checkMemory = (t: Test, pid: number): void => {
  const { now, most } = memoryOf(pid)
  t.comment(`server: ${now.toFixed(0)} MB now, ${most.toFixed(0)} MB at most`)
  t.ok(most < MAX_MB, `less than ${MAX_MB} MB`)
}

const skip = process.platform === 'linux' ? false : 'needs /proc'

/** What came of a client that speaks. */
type Spoken = {
  readonly texts: readonly string[]
  /** From the first sample to the last final. */
  readonly ms: number
  /** From the end of a turn to its final, as a mean. */
  readonly finalMs: number
  /** How late this process was with a piece, at most. */
  readonly lag: number
}

/** Follows how long finals take, in ms. */
const finalTimes = ({ socket }: RealtimeClient): number[] => {
  const ends = new Map<string, number>()
  const times: number[] = []
  socket.on('message', data => {
    const { type, item_id } = JSON.parse((data as Buffer).toString()) as {
      type: string
      item_id: string
    }
    const now = performance.now()
    if (type.endsWith('.speech_stopped')) ends.set(item_id, now)
    if (type.endsWith('.completed')) times.push(now - ends.get(item_id)!)
  })
  return times
}

/** Speaks as fast as people do. */
const speak = async (
  port: number,
  samples: Int16Array,
  turns: number,
): Promise<Spoken> => {
  const client = new RealtimeClient(port, 'any')
  const finals = finalTimes(client)
  await client.heard('session.created')
  await client.update({
    transcription: { model: 'moonshine-tiny' },
    turn_detection: { type: 'server_vad', silence_duration_ms: 500 },
  })
  const piece = 24 * PIECE_MS
  const begun = performance.now()
  let lag = 0
  for (let at = 0; at < samples.length; at += piece) {
    client.append(samples.slice(at, at + piece))
    const due = begun + (at / piece + 1) * PIECE_MS
    lag = Math.max(lag, performance.now() - due)
    await wait(Math.max(0, due - performance.now()))
  }
  await client.heard('.completed', turns)
  const over = performance.now()
  const { texts } = client
  await client.close()
  return { texts, ms: over - begun, finalMs: meanOf(finals), lag }
}

t.test(`${LIVE} live streams`, { skip }, async t => {
  const speech = await Promise.all(
    paths.slice(0, LIVE).map(async path => {
      const samples = await pcm24(path)
      const padded = new Int16Array(samples.length + 24_000 * 1.5)
      padded.set(samples)
      return padded
    }),
  )
  const wanted: string[][] = []
  for (const samples of speech) wanted.push(await heardLive(samples))
  const child = await startServer('--model', 'tiny')
  const { baseURL } = await serveProcess(t, child)
  const port = Number(new URL(baseURL).port)
  const done = await Promise.all(
    speech.map((samples, i) => speak(port, samples, wanted[i]!.length)),
  )
  for (const [i, { texts }] of done.entries())
    t.same(texts, wanted[i], `stream ${i}: every turn, as the engine has it`)
  t.comment(
    `pieces came ${Math.max(...done.map(({ lag }) => lag)) | 0} ms late`,
  )
  compare(
    t,
    'from the first sample to the last final',
    done.map(({ ms }) => ms),
  )
  const finals = done.map(({ finalMs }) => seconds(finalMs))
  t.comment(`from a turn's end to its final, mean: ${finals.join(', ')}`)
  checkMemory(t, child.pid!)
})

t.test(`${UPLOADS} uploads`, { skip }, async t => {
  const recordings = paths.slice(0, RECORDINGS)
  const wanted: string[] = []
  for (const path of recordings) wanted.push(await heardIn(path))
  const child = await startServer()
  const { baseURL } = await serveProcess(t, child)
  const client = new OpenAI({ baseURL, apiKey: 'any', maxRetries: 0 })
  const begun = performance.now()
  const done = await Promise.all(
    Array.from({ length: UPLOADS }, async (_, i) => {
      const file = new File(
        [readFileSync(recordings[i % RECORDINGS]!)],
        'a.wav',
      )
      const { text } = await client.audio.transcriptions.create({
        file,
        model: 'whisper-1',
      })
      return { text, ms: performance.now() - begun }
    }),
  )
  for (const [i, { text }] of done.entries())
    t.equal(text, wanted[i % RECORDINGS], `upload ${i}, as the engine has it`)
  compare(
    t,
    'uploads',
    done.map(({ ms }) => ms),
  )
  const whole = Math.max(...done.map(({ ms }) => ms))
  const speed = (UPLOADS * SECONDS * 1_000) / whole
  t.comment(`all of them: ${speed.toFixed(1)} x real time`)
  checkMemory(t, child.pid!)
})
