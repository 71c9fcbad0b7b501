import { systemClock, type Clock } from '../../core/clock.ts'
import { redact } from '../../core/redact.ts'
import type { RealtimeTiming } from './session-settings.ts'
import type { TurnQueue, Turn } from './turn-queue.ts'
import type { WireError } from './wire-events.ts'

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
}

const AMOUNT = String.raw`\d+(?:\.\d+)?\s*(?:ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?)(?![a-z])`
const WAIT = new RegExp(
  String.raw`(?:again|retry|wait)\D{0,20}?((?:${AMOUNT}[\s,]*)+)`,
  'i',
)

export const isRateLimit = ({ type, code, message }: WireError): boolean =>
  /rate_?limit|too_many_requests/i.test(`${type} ${code}`) ||
  /rate limit|too many requests/i.test(message ?? '')

/**
 * Returns how long a service asks to wait, in ms: "try again in 1.5s", "retry
 * after 6m0s". Undefined if it does not say.
 */
export const waitOf = ({ message }: WireError): number | undefined => {
  const [, amounts] = WAIT.exec(message ?? '') ?? []
  if (amounts === undefined) return undefined
  let ms = 0
  for (const [, amount, unit] of amounts.matchAll(/([\d.]+)\s*([a-z]+)/gi)) {
    const name = unit!.toLowerCase()
    const isMs = name.startsWith('ms') || name.startsWith('milli')
    ms += Number(amount) * UNITS[isMs ? 'ms' : name[0]!]!
  }
  return ms
}

/** Failures after which a turn is given up. */
const MAX_TRIES = 3

type RetryListener = {
  onGiveUp(turn: Turn, reason: string): void
  /** @param isAnswered whether the session has finished the turn */
  onAgain(turn: Turn, isAnswered: boolean): void
  onUnanswered(turn: Turn, problem: string): void
}

/**
 * Decides whether a turn without a transcript is sent again or given up, so
 * that each ends in bounded time:
 *
 * - A turn without an answer, or whose transcription fails, is tried three
 *   times.
 * - A turn that was alone in three sessions that ended is given up if others
 *   got their finals meanwhile. Otherwise the service is at fault.
 * - A turn that meets rate limits is tried until `giveUpMs` have passed.
 * - A session that the network ended is no reason to give up a turn.
 * - While there is no service, turns older than `giveUpMs` are given up.
 * - In any case, the oldest turn is given up after a while.
 */
export class TurnRetries {
  readonly #timing: RealtimeTiming
  readonly #queue: TurnQueue
  readonly #listener: RetryListener
  readonly #clock: Clock
  /** Cancel the timeouts of committed turns. */
  readonly #waits = new Map<Turn, () => void>()
  #finals = 0
  #oldest: Turn | undefined
  #stopOldest: (() => void) | undefined
  /** Earliest time for the next request, in ms of the clock. */
  pausedUntil = 0
  /** Whether there has been no service for longer than `giveUpMs`. */
  isHopeless = false

  constructor(
    timing: RealtimeTiming,
    queue: TurnQueue,
    listener: RetryListener,
    clock: Clock = systemClock,
  ) {
    this.#timing = timing
    this.#queue = queue
    this.#listener = listener
    this.#clock = clock
  }

  committed(turn: Turn): void {
    const { answerMs } = this.#timing
    const { attempt } = turn
    this.#clear(turn)
    const stop = this.#clock.after(answerMs, () => {
      if (turn.attempt === attempt) this.#unanswered(turn)
    })
    this.#waits.set(turn, stop)
  }

  failed(turn: Turn, error: WireError): void {
    const said = redact(error.message ?? 'its transcription failed')
    const now = this.#clock.now()
    let pause = this.#pause(turn.failures)
    if (isRateLimit(error)) {
      turn.limitedSince ??= now
      const left = turn.limitedSince + this.#timing.giveUpMs - now
      if (left <= 0) return this.#listener.onGiveUp(turn, said)
      pause = Math.min(left, waitOf(error) ?? this.#pause(turn.limits++))
      this.pausedUntil = Math.max(this.pausedUntil, now + pause)
    } else if (++turn.failures >= MAX_TRIES)
      return this.#listener.onGiveUp(turn, said)
    turn.notBefore = now + pause
    this.#listener.onAgain(turn, true)
  }

  /**
   * A session ended before it had answered these turns.
   *
   * @param problem why it ended, if a turn may be the cause
   * @param byNetwork whether the network ended it: no reason to give a turn up,
   *   but others are sent first in case the server hung
   */
  lost(
    turns: readonly Turn[],
    problem: string | undefined,
    byNetwork = false,
  ): void {
    for (const turn of turns) this.#clear(turn)
    if (problem !== undefined) this.#findCause(turns, problem, byNetwork)
    for (const turn of turns) if (!turn.outcome) turn.reset()
  }

  down(ms: number, problem: string): void {
    const { giveUpMs } = this.#timing
    if (ms <= giveUpMs) return
    this.isHopeless = true
    const before = this.#clock.now() - giveUpMs
    for (const turn of this.#queue.unsettled())
      if (turn.to !== undefined && turn.closedAt < before)
        this.#listener.onGiveUp(turn, `the service was down: ${problem}`)
  }

  ready(): void {
    this.isHopeless = false
  }

  settled(turn: Turn): void {
    if (turn.outcome?.type === 'final') this.#finals++
    this.#clear(turn)
    this.watchOldest()
  }

  /** Restarts the timeout for the oldest turn if that has changed. */
  watchOldest(): void {
    const [first] = this.#queue.unsettled()
    const oldest = first?.to === undefined ? undefined : first
    if (oldest === this.#oldest) return
    this.#stopOldest?.()
    this.#oldest = oldest
    if (!oldest) return
    const { answerMs, giveUpMs } = this.#timing
    const ms = MAX_TRIES * (answerMs + giveUpMs)
    const finals = this.#finals
    this.#stopOldest = this.#clock.after(ms, () =>
      this.#giveUpOld(oldest, ms, this.#finals === finals),
    )
  }

  close(): void {
    for (const stop of this.#waits.values()) stop()
    this.#stopOldest?.()
  }

  #unanswered(turn: Turn): void {
    const problem = `no transcript arrived within ${this.#timing.answerMs} ms`
    turn.failures++
    turn.suspect = true
    this.#listener.onUnanswered(turn, problem)
    if (turn.failures >= MAX_TRIES)
      return this.#listener.onGiveUp(turn, problem)
    this.#listener.onAgain(turn, false)
  }

  /** Finds the turn that ends sessions: the one that was alone in them. */
  #findCause(
    turns: readonly Turn[],
    problem: string,
    byNetwork: boolean,
  ): void {
    const [only] = turns
    if (!only) return
    if (turns.length > 1) {
      for (const turn of turns) turn.suspect = true
      return
    }
    for (const turn of this.#queue.unsettled())
      if (turn.failureCount === 0) turn.suspect = false
    only.suspect = true
    if (byNetwork) return void only.networkLosses++
    if (only.losses++ === 0) only.finalsBefore = this.#finals
    const isCause = only.losses >= MAX_TRIES && this.#finals > only.finalsBefore
    if (isCause && only.to !== undefined)
      this.#listener.onGiveUp(
        only,
        `the connection was lost each time the turn was sent: ${redact(problem)}`,
      )
  }

  #giveUpOld(oldest: Turn, ms: number, isAll: boolean): void {
    const reason = `no transcript arrived within ${ms} ms`
    const before = this.#clock.now() - ms
    this.#listener.onUnanswered(oldest, reason)
    for (const turn of this.#queue.unsettled()) {
      const isOld = isAll && turn.to !== undefined && turn.closedAt <= before
      if (turn === oldest || isOld) this.#listener.onGiveUp(turn, reason)
    }
  }

  #pause(count: number): number {
    const { reconnectMs, reconnectMaxMs } = this.#timing
    return Math.min(reconnectMaxMs, reconnectMs * 2 ** count)
  }

  #clear(turn: Turn): void {
    this.#waits.get(turn)?.()
    this.#waits.delete(turn)
  }
}

/** Times without progress after which outstanding turns are given up. */
const MAX_WAITS = 3

type DrainListener = {
  isServed(): boolean
  isHopeless(): boolean
  onAgain(): void
  onOver(): void
}

/**
 * The wait for outstanding turns at the end of a source. Each `drainMs` without
 * progress it asks for another try; the third time, it is over. Time without a
 * session does not count, unless there is no hope for one. In any case, it ends
 * some time after the last outcome.
 */
export class Drain {
  readonly #drainMs: number
  readonly #limitMs: number
  readonly #listener: DrainListener
  readonly #clock: Clock
  #waits = 0
  #stopWait: (() => void) | undefined
  #stopLimit: (() => void) | undefined

  constructor(
    { drainMs, giveUpMs }: { drainMs: number; giveUpMs: number },
    listener: DrainListener,
    clock: Clock = systemClock,
  ) {
    this.#drainMs = drainMs
    this.#limitMs = MAX_WAITS * (drainMs + giveUpMs)
    this.#listener = listener
    this.#clock = clock
  }

  start(): void {
    this.#limit()
    this.#wait()
  }

  /** Restarts the wait: a turn is tried again, or a session is ready. */
  renew(): void {
    if (this.#stopWait) this.#wait()
  }

  /** Restarts the drain: a turn has its outcome. */
  progress(): void {
    if (!this.#stopWait) return
    this.#waits = 0
    this.start()
  }

  stop(): void {
    this.#stopWait?.()
    this.#stopLimit?.()
    this.#stopWait = undefined
    this.#stopLimit = undefined
  }

  #wait(): void {
    this.#stopWait?.()
    this.#stopWait = this.#clock.after(this.#drainMs, () => this.#onWaited())
  }

  #limit(): void {
    this.#stopLimit?.()
    this.#stopLimit = this.#clock.after(this.#limitMs, () => this.#end())
  }

  #onWaited(): void {
    const isServed = this.#listener.isServed()
    if (isServed) this.#waits++
    if (this.#waits >= MAX_WAITS || (!isServed && this.#listener.isHopeless()))
      return this.#end()
    this.#wait()
    if (isServed) this.#listener.onAgain()
  }

  #end(): void {
    this.stop()
    this.#listener.onOver()
  }
}
