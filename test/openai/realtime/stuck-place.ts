import t from 'tap'
import { StuckPlace } from '../../../lib/openai/realtime/stuck-place.ts'

t.test('three sessions that end at a place are too many', async t => {
  const stuck = new StuckPlace()
  t.equal(stuck.ended(100, 900), undefined)
  t.equal(stuck.ended(100, 500), undefined)
  t.equal(stuck.ended(100, 700), 500, 'each of them got so much')
  t.equal(stuck.ended(100, 300), 300)
})

t.test('a session that gets further begins the count anew', async t => {
  const stuck = new StuckPlace()
  stuck.ended(0, 10)
  stuck.ended(0, 10)
  t.equal(stuck.ended(5, 10), undefined)
  t.equal(stuck.ended(5, 10), undefined)
  t.equal(stuck.ended(5, 20), 10)
})

t.test('a session that got nothing does not count', async t => {
  const stuck = new StuckPlace()
  stuck.ended(7, 9)
  stuck.ended(7, 9)
  t.equal(stuck.ended(7, 7), undefined)
  t.equal(stuck.ended(7, 0), undefined)
  t.equal(stuck.ended(7, 8), 8)
})
