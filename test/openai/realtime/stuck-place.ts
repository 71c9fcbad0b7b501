import t from 'tap'
import { StallDetector } from '../../../lib/openai/realtime/server-detection.ts'

t.test('three sessions that end at a place are too many', async t => {
  const stuck = new StallDetector()
  t.equal(stuck.sessionEnded(100, 900), undefined)
  t.equal(stuck.sessionEnded(100, 500), undefined)
  t.equal(stuck.sessionEnded(100, 700), 500, 'each of them got so much')
  t.equal(stuck.sessionEnded(100, 300), 300)
})

t.test('a session that gets further begins the count anew', async t => {
  const stuck = new StallDetector()
  stuck.sessionEnded(0, 10)
  stuck.sessionEnded(0, 10)
  t.equal(stuck.sessionEnded(5, 10), undefined)
  t.equal(stuck.sessionEnded(5, 10), undefined)
  t.equal(stuck.sessionEnded(5, 20), 10)
})

t.test('a session that got nothing does not count', async t => {
  const stuck = new StallDetector()
  stuck.sessionEnded(7, 9)
  stuck.sessionEnded(7, 9)
  t.equal(stuck.sessionEnded(7, 7), undefined)
  t.equal(stuck.sessionEnded(7, 0), undefined)
  t.equal(stuck.sessionEnded(7, 8), 8)
})
