import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  CaptionFormatter,
  Chunker,
  Decoder,
  EnginePool,
  LocalTranscriber,
  Resampler,
  resolveModel,
  transcribe,
} from '../dist/index.js'
import { answerCase } from './_util/child.js'
import loadSherpa from './competitors/sherpa-files.js'
import { longSpeech, samplesOf, speechClips, wavOf } from './_util/speech.js'
import { speedOf } from './_util/stats.js'

const nowhere = () =>
  new Writable({ objectMode: true, write: (_, __, done) => done() })

const slices = bytes => {
  const parts = []
  for (let at = 0; at < bytes.length; at += 65_536)
    parts.push(bytes.subarray(at, at + 65_536))
  return parts
}

const gathered = async stream => {
  const all = []
  for await (const chunk of stream) all.push(chunk)
  return all
}

/** Speech at 48 kHz, by repeating samples: enough to measure speed on. */
const upsampled = samples =>
  Float32Array.from(
    { length: samples.length * 3 },
    (_, i) => samples[Math.floor(i / 3)],
  )

const encoded = name =>
  slices(
    readFileSync(new URL(`../test/fixtures/audio/${name}`, import.meta.url)),
  )

const stageCase = async ({ stage }) => {
  const seconds = 300
  const bytes = slices(wavOf(upsampled(longSpeech(seconds)), 48_000, 2))
  const jfk = { 'decode mp3': 'jfk.mp3', 'decode flac': 'jfk.flac' }
  jfk['decode opus'] = 'jfk.opus'
  if (jfk[stage]) {
    const input = encoded(jfk[stage])
    const speed = await speedOf(11, () =>
      pipeline(Readable.from(input), new Decoder(), nowhere()),
    )
    return { speed }
  }
  const decoded = await gathered(Readable.from(bytes).pipe(new Decoder()))
  const small = await gathered(
    Readable.from(decoded).pipe(new Resampler({ sampleRate: 16_000 })),
  )
  const finals = Array.from({ length: seconds / 5 }, (_, i) => ({
    type: 'final',
    turn: `t${i}`,
    text: 'And so, my fellow Americans, ask not what your country can do.',
    start: i * 5_000,
    end: i * 5_000 + 4_500,
  }))
  const flows = {
    'decode wav': () => [Readable.from(bytes), new Decoder()],
    resample: () => [
      Readable.from(decoded),
      new Resampler({ sampleRate: 16_000 }),
    ],
    chunk: () => [Readable.from(small), new Chunker()],
    'format srt': () => [
      Readable.from(finals),
      new CaptionFormatter({ format: 'srt' }),
    ],
    'decode → resample → chunk': () => [
      Readable.from(bytes),
      new Decoder(),
      new Resampler({ sampleRate: 16_000 }),
      new Chunker(),
    ],
  }
  const speed = await speedOf(seconds, () =>
    pipeline([...flows[stage](), nowhere()]),
  )
  return { speed }
}

const finalsOf = async transcript =>
  (await gathered(transcript)).filter(event => event.type === 'final')

const textCase = async ({ model }) => {
  const audio = longSpeech(120)
  const seconds = audio.length / 16_000
  const wav = wavOf(audio, 16_000)
  const started = performance.now()
  const pool = new EnginePool({ model })
  await finalsOf(transcribe(wav.subarray(0, 44 + 320_000), { pool }))
  const load = performance.now() - started
  const files = await resolveModel(model)
  const peer = await loadSherpa({ ...files, threads: 2 })
  const finals = await finalsOf(transcribe(wav, { pool }))
  if (!finals.some(({ text }) => /your country can do/.test(text)))
    throw new Error('the text is wrong')
  // The same audio that the engine gave to its recogniser.
  const turns = finals.map(({ start, end }) =>
    audio.slice(Math.max(0, start - 300) * 16, (end + 200) * 16),
  )
  peer?.text(turns[0])
  const ours = []
  const theirs = []
  for (let round = 0; round < 5; round++) {
    let from = performance.now()
    await finalsOf(transcribe(wav, { pool }))
    ours.push(performance.now() - from)
    if (!peer) continue
    from = performance.now()
    for (const turn of turns) peer.text(turn)
    theirs.push(performance.now() - from)
  }
  await pool.close()
  const middle = values => values.toSorted((a, b) => a - b)[2]
  return {
    model,
    seconds,
    load,
    ours: (1_000 * seconds) / middle(ours),
    sherpa: peer && (1_000 * seconds) / middle(theirs),
    ratios: theirs.map((time, i) => time / ours[i]),
  }
}

const delayCase = async ({ row }) => {
  const monitor = monitorEventLoopDelay({ resolution: 1 })
  const pool = new EnginePool()
  const warm = wavOf(samplesOf(speechClips()[0].path), 16_000)
  await finalsOf(transcribe(warm, { pool }))
  const wav = wavOf(longSpeech(180), 16_000)
  const paced = async function* () {
    const started = performance.now()
    const audio = longSpeech(10)
    for (let at = 0; at < audio.length; at += 800) {
      const due = started + at / 16 - performance.now()
      if (due > 0) await sleep(due)
      yield {
        sampleRate: 16_000,
        channels: [audio.slice(at, at + 800)],
        offset: at,
      }
    }
  }
  monitor.enable()
  if (row === 'idle') await sleep(10_000)
  else if (row === 'file → text') await finalsOf(transcribe(wav, { pool }))
  else
    await pipeline(
      Readable.from(paced()),
      new LocalTranscriber({ pool }),
      nowhere(),
    )
  monitor.disable()
  await pool.close()
  // The timer itself waits 1 ms.
  const at = p => Math.max(0, monitor.percentile(p) / 1e6 - 1)
  return {
    row,
    p50: at(50),
    p99: at(99),
    p999: at(99.9),
    max: Math.max(0, monitor.max / 1e6 - 1),
    n: monitor.count,
  }
}

await answerCase(input =>
  ({ stage: stageCase, text: textCase, delay: delayCase })[input.what](input),
)
