import t from 'tap'
import { checkBenchOptions } from '../../benchmarks/check-options.ts'
import type { BenchOptions } from '../../benchmarks/suite.ts'

const competitors = {
  latency: { sherpa: 'file:///sherpa.js' },
  resampler: { soxr: 'file:///soxr.js' },
}

t.test('accepts valid options', async () => {
  checkBenchOptions({}, ['latency'], {})
  checkBenchOptions(
    {
      full: true,
      engines: ['local', 'openai', 'sherpa', 'soxr'],
      models: ['tiny', 'moonshine-base'],
      latencies: ['low', 'balanced', 'accurate'],
      streams: [1, 256],
      delayMs: 501,
      language: 'pt-BR',
    },
    ['latency', 'accuracy'],
    competitors,
  )
  checkBenchOptions({ pipeline: '/a.js', streams: [2] }, ['latency'], {})
})

t.test('refuses invalid options', async t => {
  const pipeline = '/a.js'
  const wrong: [BenchOptions, RegExp][] = [
    [{ delayMs: 500 }, /'delayMs' must be from 501 to 60000 ms, got 500/],
    [{ engines: ['local', 'x'] }, /'local', 'openai', 'sherpa', .*got 'x'/],
    [{ models: ['large'] }, /there is no model 'large'; use one of tiny, base/],
    [{ models: ['silero-vad'] }, /'silero-vad' is no recogniser/],
    [{ latencies: ['fast'] }, /one of 'low', 'balanced', 'accurate', got/],
    [{ streams: [1, 0] }, /'streams' must be a whole number from 1 to 256/],
    [{ language: 'english!' }, /must be a code such as 'en'/],
    [{ pipeline, engines: ['local'] }, /'pipeline' is measured instead of/],
    [{ pipeline, models: ['tiny'] }, /leave engine, model and latency away/],
  ]
  for (const [options, message] of wrong)
    t.throws(() => checkBenchOptions(options, ['latency'], competitors), {
      message,
    })
  t.throws(() => checkBenchOptions({ pipeline }, ['latency', 'faults'], {}), {
    code: 'VOX_OPTION',
    message: /'pipeline' is measured by 'latency' alone/,
  })
})
