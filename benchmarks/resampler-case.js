import { answerCase } from './_util/child.js'
import { qualityOf, tone } from './_util/quality.js'
import { speedOf } from './_util/stats.js'
import { engines } from './resampler-engines.js'

/** A process has to start for each run of ffmpeg: long runs hide that. */
const secondsFor = name => (name.startsWith('ffmpeg') ? 300 : 10)

const check = (output, seconds, to) => {
  if (Math.abs(output.length / (seconds * to) - 1) > 0.01)
    throw new Error(`${output.length} frames for ${seconds} s at ${to} Hz`)
  let power = 0
  for (const sample of output) power += sample * sample
  const level = Math.sqrt((2 * power) / output.length)
  if (Math.abs(level - 1) > 0.05) throw new Error(`a sine of level ${level}`)
}

await answerCase(async ({ name, from, to, quality }) => {
  let resample
  try {
    resample = await engines[name](from, to)
    resample(tone(400, from, from))
  } catch (error) {
    return { absent: error.message.split('\n')[0] }
  }
  const seconds = secondsFor(name)
  const samples = tone(400, from, from * seconds)
  check(resample(samples), seconds, to)
  const runs = name.startsWith('ffmpeg') ? 2 : 4
  const speed = await speedOf(seconds, () => void resample(samples), runs)
  return { speed, ...(quality && qualityOf(resample, from, to)) }
})
