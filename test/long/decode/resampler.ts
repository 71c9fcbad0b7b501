import t from 'tap'
import { scriptKernel, wasmKernel } from '../../../lib/audio/resample-kernel.ts'
import { PolyphaseResampler } from '../../../lib/audio/resample-polyphase.ts'
import { cut, measureTone, noise, resampled } from '../../fixtures/tones.ts'

t.setTimeout(600_000)

const inputs = [8_000, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000]
const outputs = [16_000, 24_000]

for (const kernel of [wasmKernel, scriptKernel])
  for (const from of inputs)
    for (const to of outputs) {
      if (from === to) continue
      const make = () =>
        new PolyphaseResampler({ from, to, channels: 1 }, kernel)
      const nyquist = Math.min(from, to) / 2

      t.test(`${kernel.name}: ${from} to ${to} Hz`, async t => {
        // An image of a tone below 0.9 of the Nyquist frequency lies above 1.1
        // of it and is a part of the error, so the error bounds images too.
        let error = -Infinity
        let ripple = 0
        for (let part = 0.005; part <= 0.9 + 1e-9; part += 0.005) {
          const measured = measureTone(make, from, to, part * nyquist)
          error = Math.max(error, measured.error)
          ripple = Math.max(ripple, Math.abs(measured.gain))
        }
        t.ok(error <= -110, `error ${error.toFixed(1)} dB`)
        t.ok(ripple <= 0.1, `ripple ${ripple.toExponential(1)} dB`)

        let alias = -Infinity
        for (let part = 1.1; part < from / to; part += 0.005)
          alias = Math.max(
            alias,
            measureTone(make, from, to, part * nyquist).level,
          )
        if (from > to) t.ok(alias <= -100, `aliases ${alias.toFixed(1)} dB`)
      })

      t.test(`${kernel.name}: ${from} to ${to} Hz in any chunking`, async t => {
        const samples = noise(from * 2 + 17)
        const whole = resampled(make(), [samples])
        t.equal(whole.length, Math.round((samples.length * to) / from))
        for (const length of [1, 2, 3, 17, 441, 997, 4_096, 9_973]) {
          const parts = resampled(make(), cut(samples, [length]))
          t.equal(Buffer.compare(bytesOf(parts), bytesOf(whole)), 0)
        }
      })
    }

const bytesOf = (samples: Float32Array): Buffer => Buffer.from(samples.buffer)
