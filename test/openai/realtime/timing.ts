import t from 'tap'
import { resolveTiming } from '../../../lib/openai/realtime/timing.ts'

t.test('what is not given is what the documentation says', async t => {
  const defaults = {
    connectMs: 10_000,
    pingMs: 10_000,
    answerMs: 30_000,
    reconnectMs: 500,
    reconnectMaxMs: 8_000,
    giveUpMs: 60_000,
    drainMs: 30_000,
    rotateMs: 3_300_000,
    settleMs: 300,
  }
  t.same(resolveTiming(), defaults)
  const given = { pingMs: 50, answerMs: undefined } as object
  t.same(resolveTiming(given), { ...defaults, pingMs: 50 })
  t.same(resolveTiming(), defaults, 'nothing of it stays')
})

t.test('times that cannot be are refused', async t => {
  const wrong: Record<string, unknown>[] = [
    { pingMs: 0 },
    { pingMs: '50' },
    { answerMs: NaN },
    { drainMs: Infinity },
    { rotateMs: 2 ** 31 },
    { settleMs: -1 },
    { connectMs: null },
    { pongMs: 50 },
  ]
  for (const timing of wrong) {
    const [name] = Object.keys(timing)
    t.throws(() => resolveTiming(timing), {
      code: 'VOX_OPTION',
      option: `timing.${name}`,
    })
  }
  t.equal(resolveTiming({ settleMs: 0 }).settleMs, 0)
})

t.test('a name that every object has is no time', async t => {
  for (const name of ['toString', 'constructor'])
    t.throws(() => resolveTiming({ [name]: 50 }), {
      code: 'VOX_OPTION',
      option: `timing.${name}`,
    })
})
