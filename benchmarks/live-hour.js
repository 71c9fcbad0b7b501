/**
 * An hour of speech with pauses through the live engine, as fast as it takes
 * it: `npm run bench live-hour`, or `MINUTES=5 npm run bench live-hour`. The
 * clips come again and again, each at a multiple of the voice activity
 * detector's frame and with at least 2 s of silence behind it, so that every
 * time a clip comes it is the same to the engine. What is checked:
 *
 * - the ranges of a clip's turns, from where the clip begins, are the same to
 *   the sample as in the second round, so nothing drifts or gets lost (the
 *   first round leads in and is not compared: what the detector remembers of
 *   the clips before has a say in where speech begins);
 * - the median error of word ends in the last 5 minutes is within 30 ms of
 *   that in the first 5;
 * - resident memory in the last quarter is at most 5 % above that in the second
 *   (medians of a sample a minute; the first quarter is warm-up);
 * - no delta comes after its final.
 *
 * Flags: --latency, --model, and --json for JSON on stdout. Exit code 1 where
 * a check fails. Results are kept in results/ when it was the whole hour.
 */
import { pipeline, Readable } from 'node:stream'
import { parseArgs } from 'node:util'
import { sumErrors } from '../dist/benchmarks/word-errors.js'
import { loadClips } from '../dist/benchmarks/clips.js'
import { clipLatency } from '../dist/benchmarks/latency/clip-latency.js'
import { distributionOf } from '../dist/benchmarks/statistics.js'
import { LocalTranscriber } from 'voxpipe'
import {
  MoonshineRecognizer,
  childProcessUsage,
  defaultModel,
} from 'voxpipe/recognizers'
import {
  printHead,
  printTable,
  withMachine,
  writeResults,
} from './_util/report.js'
import { speechFolder } from './_util/speech.js'

const { values } = parseArgs({
  options: {
    latency: { type: 'string' },
    model: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
const { latency, model, json } = values
const print = json ? line => console.error(line) : line => console.log(line)

const minutes = Number(process.env.MINUTES ?? 60)
const perMinute = 60 * 16_000
const frame = 512
const pause = 2 * 16_000
const chunk = 800
const limits = { memoryGrowth: 0.05, wordEndMs: 30 }

const { signal } = new AbortController()
const clips = await loadClips({ data: speechFolder, signal })

/** Where each clip was put: its first sample and that of the next. */
const slots = []
/** Resident memory at each full minute of audio, in bytes. */
const memory = []

function* source() {
  let offset = 0
  for (let i = 0; offset < minutes * perMinute; i++) {
    const clip = clips[i % clips.length]
    const frames = Math.ceil((clip.samples.length + pause) / frame)
    const audio = new Float32Array(frames * frame)
    audio.set(clip.samples)
    slots.push({ clip, from: offset, to: offset + audio.length, arrivals: [] })
    for (let at = 0; at < audio.length; at += chunk) {
      const samples = audio.slice(at, at + chunk)
      yield { sampleRate: 16_000, channels: [samples], offset: offset + at }
    }
    offset += audio.length
    if (offset >= (memory.length + 1) * perMinute)
      memory.push(process.memoryUsage.rss() + childProcessUsage().rss)
  }
}

/** The clip that was spoken at a time, and the event's times within it. */
const place = (event, turns) => {
  const at = event.start ?? turns.get(event.turn)
  const slot = slots.findLast(({ from }) => from / 16 <= at)
  const start = slot.from / 16
  slot.arrivals.push({
    at: 0,
    event: {
      ...event,
      ...(event.type === 'final' && {
        start: event.start - start,
        end: event.end - start,
        words: event.words?.map(word => ({
          ...word,
          start: word.start - start,
          end: word.end - start,
        })),
      }),
    },
  })
}

const transcribeAll = async () => {
  const recognizer = new MoonshineRecognizer({
    model: model ?? defaultModel(true),
  })
  await recognizer.ready()
  const stage = new LocalTranscriber({
    live: true,
    recognizer,
    ...(latency && { latency }),
  })
  const turns = new Map()
  let [duration, warnings] = [0, 0]
  for await (const event of pipeline(
    Readable.from(source()),
    stage,
    () => {},
  )) {
    if (event.type === 'speech-start') turns.set(event.turn, event.at)
    if (event.type === 'delta' || event.type === 'final') place(event, turns)
    if (event.type === 'warning') warnings++
    if (event.type === 'end') duration = event.duration
  }
  await recognizer.close()
  return { model: recognizer.model, duration, warnings }
}

const rangesOf = ({ arrivals }) =>
  arrivals
    .filter(({ event }) => event.type === 'final')
    .map(({ event }) => `${event.start * 16}–${event.end * 16}`)
    .join(', ')

const textOf = ({ arrivals }) =>
  arrivals.map(({ event }) => (event.type === 'final' ? event.text : '')).join()

/**
 * When the clip in a slot first came, after a round that leads in: what the
 * detector remembers of the beginning moves turns by a frame or two.
 */
const firstOf = i =>
  slots[i < clips.length ? i : clips.length + (i % clips.length)]

/** The slots in which a clip was not as it was the first time. */
const unlike = of => slots.filter((slot, i) => of(slot) !== of(firstOf(i)))

const median = values => distributionOf(values).p50

const started = performance.now()
const { model: name, duration, warnings } = await transcribeAll()
const wall = performance.now() - started

const figures = slots.map(({ clip, arrivals }) => clipLatency(clip, arrivals))

/** Figures of the clips that begin within some minutes. */
const between = (first, last) => {
  const inside = figures.filter((_, i) => {
    const minute = slots[i].from / perMinute
    return minute >= first && minute < last
  })
  const errors = inside.flatMap(({ times }) => times.map(({ ms }) => ms))
  const counts = sumErrors(inside.map(({ finalErrors }) => finalErrors))
  return {
    wordEnd: median(errors.map(Math.abs)),
    bias: median(errors),
    words: counts.words,
    rate: counts.errors / Math.max(1, counts.words),
    rss: median(memory.slice(Math.floor(first), Math.ceil(last))),
  }
}

const length = slots.at(-1).to / perMinute
const step = Math.max(1, minutes / 12)
const rows = Array.from({ length: Math.ceil(minutes / step) }, (_, i) => ({
  minute: i * step,
  ...between(i * step, (i + 1) * step),
}))

const window = Math.min(5, length / 2)
const [early, late] = [between(0, window), between(length - window, Infinity)]
const quarter = memory.length / 4
const warm = median(memory.slice(Math.floor(quarter), Math.ceil(2 * quarter)))
const last = median(memory.slice(Math.floor(3 * quarter)))
const wrong = unlike(rangesOf)
const violations = figures.flatMap(clip => clip.violations)
const apart = Math.abs((late.wordEnd ?? 0) - (early.wordEnd ?? 0))

const checks = [
  {
    name: 'all the audio is accounted for',
    value: `${duration} ms`,
    met: duration === slots.at(-1).to / 16,
  },
  {
    name: 'clips whose turns moved',
    value: `${wrong.length} of ${slots.length}`,
    met: wrong.length === 0,
  },
  {
    name: 'word ends, last minutes against first',
    value: `${apart.toFixed(1)} ms apart`,
    met: late.wordEnd !== null && apart <= limits.wordEndMs,
  },
  {
    name: 'memory, last quarter against second',
    value: `${((100 * (last - warm)) / warm).toFixed(1)} %`,
    met: last <= warm * (1 + limits.memoryGrowth),
  },
  {
    name: 'turns against the rules',
    value: String(violations.length),
    met: violations.length === 0,
  },
]

printHead(
  `${length.toFixed(1)} minutes of speech with pauses, live, ${name}: ` +
    `${(duration / wall).toFixed(1)}× real time`,
  print,
)
const show = (value, digits = 0) =>
  value === null ? '–' : value.toFixed(digits)
printTable(
  ['from minute', 'memory, MB', 'word end error, ms', 'bias', 'WER', 'words'],
  rows.map(({ minute, rss, wordEnd, bias, rate, words }) => [
    show(minute),
    show(rss === null ? null : rss / 1e6),
    show(wordEnd),
    show(bias),
    `${show(100 * rate, 1)} %`,
    String(words),
  ]),
  print,
)
print('')
printTable(
  ['check', 'measured', ''],
  checks.map(({ name, value, met }) => [name, value, met ? 'met' : 'MISSED']),
  print,
)
for (const slot of wrong.slice(0, 5))
  print(
    `${slot.clip.id} at ${slot.from}: ${rangesOf(slot)}; first: ` +
      rangesOf(firstOf(slots.indexOf(slot))),
  )
const otherTexts = unlike(textOf).length
print(`clips whose text changed: ${otherTexts}; warnings: ${warnings}`)

const results = {
  minutes: length,
  model: name,
  latency: latency ?? 'default',
  wallMs: wall,
  rows,
  memory,
  checks,
  otherTexts,
  warnings,
}
if (minutes >= 60) writeResults('live-hour', results, print)
if (json) console.log(JSON.stringify(withMachine(results), null, 2))
if (checks.some(({ met }) => !met)) process.exitCode = 1
