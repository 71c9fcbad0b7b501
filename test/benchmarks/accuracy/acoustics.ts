import t from 'tap'
import { fft, powerOfTwo } from '../../../benchmarks/accuracy/acoustics.ts'
import { seededRandom } from '../../../benchmarks/statistics.ts'

const random = seededRandom(7)
const values = (n: number): Float64Array =>
  Float64Array.from({ length: n }, () => random() - 0.5)

t.test('is the sum that defines it', async t => {
  for (const n of [2, 8, 64]) {
    const [re, im] = [values(n), values(n)]
    const [outRe, outIm] = [re.slice(), im.slice()]
    fft(outRe, outIm)
    for (let k = 0; k < n; k++) {
      let [sumRe, sumIm] = [0, 0]
      for (let i = 0; i < n; i++) {
        const angle = (-2 * Math.PI * i * k) / n
        sumRe += re[i]! * Math.cos(angle) - im[i]! * Math.sin(angle)
        sumIm += re[i]! * Math.sin(angle) + im[i]! * Math.cos(angle)
      }
      if (Math.hypot(sumRe - outRe[k]!, sumIm - outIm[k]!) > 1e-9)
        t.fail(`${k} of ${n}`)
    }
  }
})

t.test('with its arguments exchanged it is the inverse', async t => {
  const n = 1_024
  const [re, im] = [values(n), values(n)]
  const [outRe, outIm] = [re.slice(), im.slice()]
  fft(outRe, outIm)
  fft(outIm, outRe)
  const wrong = outRe.findIndex(
    (value, i) => Math.abs(value / n - re[i]!) > 1e-9,
  )
  t.equal(wrong, -1)
})

t.test('lengths are powers of two', async t => {
  t.same([0, 1, 2, 3, 1_024, 1_025].map(powerOfTwo), [2, 2, 2, 4, 1_024, 2_048])
})
