import t from 'tap'
import { HttpError } from '../../../lib/server/http-messages.ts'
import { Admission } from '../../../lib/server/uploads/admission.ts'

const { signal } = new AbortController()

t.test(
  'who waits comes in in order; who comes too late is refused',
  async t => {
    const told: string[] = []
    const admission = new Admission(
      { maxUploads: 1, maxWaiting: 2 },
      (running, waiting) => told.push(`${running}/${waiting}`),
    )
    const order: number[] = []
    const leave = await admission.enter(signal)
    const waiting = [1, 2].map(async n => {
      const leave = await admission.enter(signal)
      order.push(n)
      leave()
    })
    const refused = await admission
      .enter(signal)
      .catch((error: unknown) => error)
    t.ok(refused instanceof HttpError)
    t.match(refused, {
      status: 429,
      error: { type: 'requests', code: 'rate_limit_exceeded' },
      headers: { 'retry-after': /^\d+$/ },
    })
    leave()
    leave()
    await Promise.all(waiting)
    t.same(order, [1, 2])
    t.equal(told.at(-1), '0/0')
    t.ok(told.includes('1/2'))
  },
)

t.test('who leaves the queue frees a place in it', async t => {
  const admission = new Admission({ maxUploads: 1, maxWaiting: 1 })
  const leave = await admission.enter(signal)
  const abort = new AbortController()
  const gone = t.rejects(admission.enter(abort.signal), /gone/)
  abort.abort(new Error('gone'))
  await gone
  await t.rejects(admission.enter(abort.signal), /gone/)
  const next = admission.enter(signal)
  leave()
  ;(await next)()
})
