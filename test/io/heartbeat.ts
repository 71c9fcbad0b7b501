import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { Heartbeat } from '../../lib/io/heartbeat.ts'
import { HandClock } from '../fixtures/hand-clock.ts'

const PING_MS = 10_000

/** A heartbeat, and what its connection does. */
const watched = () => {
  const clock = new HandClock()
  const state = { pings: 0, sent: 0, isDead: false, takesPings: true }
  let onTaken: (() => void) | undefined
  const heartbeat = new Heartbeat(
    PING_MS,
    {
      ping: onSent => {
        state.pings++
        if (state.takesPings) onSent()
        else onTaken = onSent
      },
      bytesSent: () => state.sent,
      onDead: () => (state.isDead = true),
    },
    clock,
  )
  const pass = async (ms: number): Promise<void> => {
    clock.pass(ms)
    await setImmediate()
  }
  const take = (): void => onTaken?.()
  return { clock, state, heartbeat, pass, take }
}

t.test('a peer that answers pings is alive', async t => {
  const { state, heartbeat, pass } = watched()
  for (let beat = 1; beat <= 10; beat++) {
    await pass(PING_MS)
    t.equal(state.pings, beat)
    heartbeat.received()
  }
  t.notOk(state.isDead)
})

t.test('a peer that answers no ping is dead within two beats', async t => {
  const { clock, state, pass } = watched()
  await pass(PING_MS)
  t.notOk(state.isDead)
  await pass(PING_MS)
  t.ok(state.isDead)
  t.equal(state.pings, 1)
  t.equal(clock.waiting, 0)
})

t.test('silence while this process was busy means nothing', async t => {
  const { clock, state, pass } = watched()
  await pass(PING_MS)
  for (let i = 0; i < 5; i++) {
    // The timer is due, and more time passes before it is looked at.
    clock.pass(PING_MS)
    await pass(PING_MS)
    t.notOk(state.isDead)
  }
  await pass(PING_MS)
  t.ok(state.isDead, 'it does once the process keeps up')
})

t.test('a ping behind data that is leaving has its time', async t => {
  const { state, pass, take } = watched()
  state.takesPings = false
  for (let i = 0; i < 5; i++) {
    await pass(PING_MS)
    state.sent += 1_000
    t.notOk(state.isDead)
  }
  t.equal(state.pings, 1, 'no other ping is sent meanwhile')
  await pass(PING_MS - 1)
  take()
  await pass(1)
  t.notOk(state.isDead, 'it has only just left')
  await pass(PING_MS)
  t.ok(state.isDead)
})

t.test('a connection that stops accepting data is dead', async t => {
  const { state, pass } = watched()
  state.takesPings = false
  await pass(PING_MS)
  state.sent = 1_000
  await pass(PING_MS)
  t.notOk(state.isDead)
  await pass(PING_MS)
  t.ok(state.isDead)
})

t.test('it ends when it is stopped', async t => {
  const { clock, state, heartbeat, pass } = watched()
  clock.pass(PING_MS)
  heartbeat.stop()
  await pass(10 * PING_MS)
  t.equal(state.pings, 0)
  t.equal(clock.waiting, 0)
})
