/**
 * Most resident memory of three hours of 48 kHz stereo: through decoder,
 * resampler and chunker into nothing, and through the command with its engine.
 * `MINUTES=10 npm run bench memory` is a shorter one.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { childProcessUsage } from 'voxpipe/recognizers'
import { printHead, printTable, writeResults } from './_util/report.js'
import { longSpeech, s16, wavHeader } from './_util/speech.js'

const minutes = Number(process.env.MINUTES ?? 180)
const rate = 48_000
const path = name => fileURLToPath(new URL(name, import.meta.url))

const cases = [
  {
    name: 'decode → resample → chunk',
    args: [path('memory-case.js')],
    limit: 150,
  },
  {
    name: 'voxpipe with its engine',
    args: [path('../dist/cli/main.js'), '-', '-f', 'jsonl'],
    limit: 700,
  },
]

/** One stretch of speech at 48 kHz stereo, as bytes. */
const stretch = () => {
  const small = longSpeech(60)
  const large = Float32Array.from(
    { length: small.length * 3 },
    (_, i) => small[Math.floor(i / 3)],
  )
  return s16(large, 2)
}

async function* source() {
  const bytes = stretch()
  const frames = minutes * 60 * rate
  yield wavHeader({ sampleRate: rate, channels: 2, frames })
  for (let left = frames * 4; left > 0; left -= bytes.length)
    for (let at = 0; at < Math.min(left, bytes.length); at += 65_536)
      yield bytes.subarray(at, Math.min(at + 65_536, left, bytes.length))
}

/** Most resident memory so far, with the engine's, in MB; Linux keeps count. */
const peakOf = pid => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const own = Number(/VmHWM:\s+(\d+)/.exec(status)[1]) / 1024
  return own + childProcessUsage(pid).peakRss / 2 ** 20
}

const measure = async ({ name, args, limit }) => {
  const child = spawn(process.execPath, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const started = performance.now()
  let peak = 0
  let last = ''
  const watch = setInterval(() => {
    try {
      peak = Math.max(peak, peakOf(child.pid))
    } catch {
      // It has just ended.
    }
  }, 200)
  child.stdout.on('data', data => {
    last = (last + data).slice(-1_000)
  })
  await Promise.all([
    pipeline(Readable.from(source()), child.stdin),
    once(child, 'close'),
  ])
  clearInterval(watch)
  const end = JSON.parse(last.trimEnd().split('\n').at(-1))
  if (child.exitCode !== 0 || end.duration !== minutes * 60_000)
    throw new Error(`${name}: ended wrongly (${child.exitCode}): ${last}`)
  const seconds = (performance.now() - started) / 1_000
  return { name, peak, limit, speed: (minutes * 60) / seconds }
}

const results = []
for (const one of cases) results.push(await measure(one))
printHead(`Most resident memory, ${minutes} minutes of 48 kHz stereo WAV`)
printTable(
  ['what', 'peak', 'limit', 'speed'],
  results.map(({ name, peak, limit, speed }) => [
    name,
    `${Math.round(peak)} MB`,
    `${limit} MB`,
    `${Math.round(speed)}×`,
  ]),
)
writeResults('memory', { minutes, results })
