import t from 'tap'
import type { FaultsStart } from '../../../benchmarks/competitors.ts'
import {
  numberedSpeech,
  runFault,
} from '../../../benchmarks/faults/run-fault.ts'
import { scenarios } from '../../../benchmarks/faults/scenarios.ts'

for (const name of ['livekit', 'livekit-fallback'])
  t.test(`${name} hears every word where nothing fails`, async t => {
    const url = new URL(
      `../../../benchmarks/competitors/${name}.js`,
      import.meta.url,
    ).href
    const { default: start } = (await import(url)) as { default: FaultsStart }
    const engine = await start()
    if (!engine) return t.plan(0, 'it is not installed; see the module')
    const words = 12
    const speech = numberedSpeech(words)
    const run = await runFault(engine, scenarios[0]!, {
      speech,
      words,
      word: 11,
    })
    t.equal(run.lost, 0)
    t.equal(run.doubled, 0)
    t.not(run.recoveryMs, null)
    await engine.close()
  })
