import { readFileSync } from 'node:fs'
import t from 'tap'
import initWabt from 'wabt'
import {
  designFilter,
  scriptKernel,
  wasmKernel,
  kernelBytes,
} from '../../lib/audio/resample-kernel.ts'
import { apart, noise } from '../fixtures/tones.ts'

t.test('the committed bytes are those of the source', async t => {
  const name = 'resample-kernel.wat'
  const source = readFileSync(
    new URL(`../../lib/audio/${name}`, import.meta.url),
    'utf8',
  )
  const module = (await initWabt()).parseWat(name, source, { simd: true })
  module.validate()
  const bytes = Buffer.from(module.toBinary({}).buffer).toString('base64')
  if (!t.equal(kernelBytes, bytes)) t.comment(`the right bytes: ${bytes}`)
})

t.test('both kernels agree to 1e-6 for full-scale samples', async t => {
  for (const [from, to] of [
    [48_000, 16_000],
    [44_100, 16_000],
    [8_000, 24_000],
    [44_101, 16_000],
  ] as const) {
    const filter = designFilter(from, to)
    const count = 500
    const frames = Math.ceil((count * from) / to) + filter.taps + 2
    const samples = noise(frames)
    const [fast, slow] = [wasmKernel, scriptKernel].map(make => {
      const { input, output, run } = make(filter, frames, count)
      input.set(samples)
      run(1, filter.up >> 1, count)
      return output.slice()
    })
    t.notSame(fast, slow, 'they are two kernels')
    t.ok(apart(fast!, slow!) < 1e-6, `${from} to ${to}: ${apart(fast!, slow!)}`)
  }
})

t.test('an output is the same alone and among others', async t => {
  for (const [from, to] of [
    [48_000, 16_000],
    [44_100, 24_000],
    [44_101, 24_000],
  ] as const) {
    const filter = designFilter(from, to)
    const { taps, up, down } = filter
    const count = 400
    const frames = Math.ceil((count * down) / up) + taps + 1
    const { input, output, run } = wasmKernel(filter, frames, count)
    input.set(noise(frames))
    run(0, 0, count)
    const together = output.slice()
    const alone = together.map((_, n) => {
      run(Math.floor((n * down) / up), (n * down) % up, 1)
      return output[0]!
    })
    t.same(alone, together)
  }
})
