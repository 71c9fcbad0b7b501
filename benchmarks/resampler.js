import { runCase } from './_util/child.js'
import { printHead, printTable, writeResults } from './_util/report.js'
import { summary } from './_util/stats.js'

const rounds = 3
const yardstick = 'libsamplerate medium'
const names = [
  'voxpipe (wasm)',
  'voxpipe (js)',
  'voxpipe, wave-resampler',
  'wave-resampler raw',
  yardstick,
  'libsamplerate best',
  'ffmpeg soxr',
  'ffmpeg swr',
]
const pairs = [
  [48_000, 16_000],
  [44_100, 16_000],
  [48_000, 24_000],
  [8_000, 16_000],
]

const dB = value => (value === undefined ? '–' : value.toFixed(1))
const rippleOf = value => (value < 0.0001 ? '< 0.0001' : value.toFixed(4))
const times = (value, digits = 0) => `${value.toFixed(digits)}×`

/** Every engine once a round, so that a slow spell of the machine hits all. */
const measure = async (from, to) => {
  const found = new Map(names.map(name => [name, []]))
  for (let round = 0; round < rounds; round++)
    for (const name of names) {
      const answers = found.get(name)
      if (answers[0]?.absent) continue
      const script = new URL('resampler-case.js', import.meta.url)
      const quality = round === 0
      answers.push(await runCase(script, { name, from, to, quality }))
    }
  return names.map(name => {
    const answers = found.get(name)
    const { absent, signalToError, ripple, aliases } = answers[0]
    if (absent) return { name, from, to, absent }
    const { median: speed, spread } = summary(answers.map(a => a.speed))
    const ratios = answers.map(
      (a, k) => a.speed / found.get(yardstick)[k].speed,
    )
    const ratio = summary(ratios).median
    const quality = { signalToError, aliases, ripple }
    return { name, from, to, quality, speed, spread, ratio }
  })
}

printHead('resampler: one channel, one core')
console.log(
  `Tones up to 0.9 of the lower Nyquist frequency: least signal-to-error ratio,
largest change of level. Tones from 1.1 of it on: how far aliases are down.
Speed in multiples of real time, medians of ${rounds} processes each; ffmpeg's includes its
process and two pipes.`,
)
const engines = []
for (const [from, to] of pairs) {
  console.log(`\n${from} → ${to} Hz\n`)
  const found = await measure(from, to)
  engines.push(...found)
  printTable(
    [
      'engine',
      'error dB',
      'aliases dB',
      'ripple dB',
      'speed',
      '±',
      'to medium',
    ],
    found.map(row =>
      row.absent
        ? [row.name, 'absent', '–', '–', '–', '–', '–']
        : [
            row.name,
            dB(row.quality.signalToError),
            dB(row.quality.aliases),
            rippleOf(row.quality.ripple),
            times(row.speed),
            `${(row.spread * 100).toFixed(0)} %`,
            times(row.ratio, 1),
          ],
    ),
  )
  for (const { name, absent } of found)
    if (absent) console.log(`${name}: ${absent}`)
}

console.log('\nResampler to 16,000 Hz mono → Chunker of 50 ms → null sink\n')
const stages = []
for (const [engine, rate, channels, frames, seconds] of [
  ['polyphase', 48_000, 2, 4_096, 120],
  ['polyphase', 48_000, 2, 960, 120],
  ['polyphase', 44_100, 2, 1_152, 120],
  ['polyphase', 48_000, 1, 4_096, 120],
  ['polyphase', 16_000, 1, 4_096, 600],
  ['wave-resampler', 48_000, 2, 4_096, 10],
]) {
  const input = { engine, rate, channels, frames, seconds }
  const script = new URL('resampler-stages-case.js', import.meta.url)
  const speeds = []
  for (let round = 0; round < rounds; round++)
    speeds.push((await runCase(script, input)).speed)
  const { median: speed, spread } = summary(speeds)
  stages.push({ engine, rate, channels, frames, speed, spread })
}
printTable(
  ['engine', 'rate', 'channels', 'frames a chunk', 'speed', '±'],
  stages.map(row => [
    row.engine,
    String(row.rate),
    String(row.channels),
    String(row.frames),
    times(row.speed),
    `${(row.spread * 100).toFixed(0)} %`,
  ]),
)

writeResults('resampler', { engines, stages })
