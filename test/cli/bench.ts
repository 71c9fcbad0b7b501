import t from 'tap'
import * as harness from '../../benchmarks/index.ts'
import { loadBench, type BenchModule } from '../../lib/cli/bench.ts'

t.test('the types of the harness match those of the command', async t => {
  const module: BenchModule = harness // is compared by the compiler
  const loaded = await loadBench()
  t.equal(loaded, module)
})
