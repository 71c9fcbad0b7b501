import fc from 'fast-check'
import t from 'tap'
import { InputAudio } from '../../../lib/server/realtime/input-audio.ts'
import { pcm } from '../../fixtures/audio.ts'

const tone = Float32Array.from(
  { length: 5_003 },
  (_, i) => Math.sin(i / 7) * 0.5,
)

const formats = [
  [{ type: 'audio/pcm', rate: 24_000 }, 's16le', 24_000],
  [{ type: 'audio/pcmu' }, 'mulaw', 8_000],
  [{ type: 'audio/pcma' }, 'alaw', 8_000],
] as const

const samplesOf = (audio: InputAudio, parts: Buffer[]): Buffer => {
  const samples = parts.map(part => audio.push(part).samples)
  return Buffer.concat(
    [...samples, audio.end()].map(part => Buffer.from(part.buffer)),
  )
}

t.test('the same samples however the bytes are cut', async t => {
  for (const [format, encoding, rate] of formats) {
    const bytes = pcm([tone], encoding)
    const whole = samplesOf(new InputAudio(format), [bytes])
    t.equal(whole.length / 4, Math.round((tone.length * 16_000) / rate))
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), cuts => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
        const parts = places
          .slice(1)
          .map((to, i) => bytes.subarray(places[i], to))
        return samplesOf(new InputAudio(format), parts).equals(whole)
      }),
      { numRuns: 20 },
    )
  }
})

t.test('a turn ends, and another begins', async t => {
  for (const [format, encoding] of formats) {
    const audio = new InputAudio(format)
    const bytes = pcm([tone], encoding)
    const first = samplesOf(audio, [bytes])
    t.ok(
      samplesOf(audio, [bytes]).equals(first),
      'nothing of the first is left',
    )
    t.equal(audio.end().length, 0)
  }
})

t.test('how long it is', async t => {
  for (const [format, encoding, rate] of formats) {
    const audio = new InputAudio(format)
    const bytes = pcm([tone], encoding)
    const { ms } = audio.push(bytes)
    t.equal(ms, (tone.length / rate) * 1_000)
    t.equal(audio.msOf(bytes.length), ms)
  }
})
