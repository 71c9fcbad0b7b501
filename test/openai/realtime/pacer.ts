import t from 'tap'
import { Pacer } from '../../../lib/openai/realtime/turn-sender.ts'

// Its clock is the machine's, so what is checked holds however long a line takes.

t.test('sends a burst immediately and paces the rest', async t => {
  const pacer = new Pacer(2)
  t.equal(pacer.wait, 0)
  const before = performance.now()
  pacer.count(500) // 250 ms at twice the rate
  t.equal(pacer.wait, 0, 'that is the burst')
  pacer.count(2_000_000)
  const { wait } = pacer
  const passed = performance.now() - before
  t.ok(wait <= 1_000_000)
  t.ok(wait >= 1_000_000 - passed, 'the time before is not saved up')
  pacer.count(2_000_000)
  t.ok(pacer.wait > 1_900_000, 'and more of it longer')
})

t.test('no limit', async t => {
  const pacer = new Pacer(Infinity)
  pacer.count(1e12)
  t.equal(pacer.wait, 0)
})
