import * as fc from 'fast-check'
import t from 'tap'
import {
  JobQueue,
  type Priority,
} from '../../../lib/recognizers/moonshine/job-queue.ts'

const job = (priority: Priority, cost = 1, session: object = {}) => ({
  priority,
  cost,
  session,
})

t.test(
  'finals go before partial transcripts, and both before files',
  async t => {
    const queue = new JobQueue(10)
    for (const priority of ['file', 'partial', 'final'] as const)
      queue.add(job(priority))
    const order = [1, 2, 3].map(() => queue.take()?.priority)
    // One live job was done while a file waited: a quarter of it is due.
    t.same(order, ['final', 'file', 'partial'])
    t.equal(queue.take(), undefined)
  },
)

t.test('files get a fifth of the work while live audio waits', async t => {
  const cost = fc.integer({ min: 1, max: 100 })
  const costs = fc.array(fc.tuple(cost, cost), { minLength: 5, maxLength: 40 })
  fc.assert(
    fc.property(costs, fc.nat(20), (costs, ahead) => {
      const queue = new JobQueue(100)
      for (let i = 0; i < ahead; i++) queue.add(job('file', 100))
      while (queue.take());
      const done = { live: 0, file: 0 }
      for (let i = 0; i < 500; i++) {
        const [live, file] = costs[i % costs.length]!
        queue.add(job(i % 3 === 0 ? 'final' : 'partial', live))
        queue.add(job('file', file))
      }
      for (let i = 0; i < 500; i++) {
        const { priority, cost } = queue.take()!
        done[priority === 'file' ? 'file' : 'live'] += cost
        // Ahead by a job at most; behind by one, and what was had ahead.
        const due = done.live / 4
        if (done.file > due + 100 || done.file < due - 200)
          throw new Error(`${done.file} of files, ${done.live} live`)
      }
    }),
  )
  t.pass('always')
})

t.test('one with many jobs keeps no other waiting', async t => {
  const [a, b] = [{}, {}]
  for (const priority of ['final', 'partial', 'file'] as const) {
    const queue = new JobQueue(10)
    for (const session of [a, a, a, b]) queue.add(job(priority, 1, session))
    const order = [1, 2, 3, 4].map(() => queue.take()!.session === a)
    t.same(order, [true, false, true, true])
  }
})

t.test('skips removed jobs', async t => {
  const queue = new JobQueue(10)
  const jobs = [job('file'), job('final'), job('partial')]
  for (const one of jobs) queue.add(one)
  queue.remove(jobs[1]!)
  t.equal(queue.take(), jobs[2])
  queue.remove(jobs[0]!)
  t.equal(queue.take(), undefined)
})
