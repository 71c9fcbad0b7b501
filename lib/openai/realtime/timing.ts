import { OptionError } from '../../core/errors.ts'
import { checkNumber } from '../../core/options.ts'

/** How long the Realtime transcriber waits for what; in ms. */
export type RealtimeTiming = {
  /** For a session to be ready, before it is tried anew. @default 10000 */
  readonly connectMs: number
  /**
   * Between pings. A connection on which nothing came from one ping to the
   * next is dead, unless this process was too busy to notice or the ping still
   * waits behind audio that is leaving. @default 10000
   */
  readonly pingMs: number
  /**
   * For the final of a turn that was committed, before the turn is sent
   * again, to another session. @default 30000
   */
  readonly answerMs: number
  /** Before the second attempt to connect; doubled for each one after it. @default 500 */
  readonly reconnectMs: number
  /** Between attempts to connect, at most. @default 8000 */
  readonly reconnectMaxMs: number
  /**
   * Without any service, before the first session is given up, and after it
   * before turns become gaps. A session that becomes ready starts it anew.
   * Also the longest time for which a turn is tried again because of rate
   * limits. @default 60000
   */
  readonly giveUpMs: number
  /**
   * For the finals that are outstanding when the input has ended, each time
   * one came, a turn was tried again or a session became ready. When it has
   * passed for the first and the second time, they are sent to another session;
   * after the third time they are gaps. @default 30000
   */
  readonly drainMs: number
  /**
   * After which a session is replaced, at the next silence; sooner where it
   * expires sooner. @default 3300000
   */
  readonly rotateMs: number
  /**
   * Between the last audio of a turn and its commit, for models that answer
   * while somebody speaks: they forget what they have not heard by then.
   * @default 300
   */
  readonly settleMs: number
}

const defaults: RealtimeTiming = {
  connectMs: 10_000,
  pingMs: 10_000,
  answerMs: 30_000,
  reconnectMs: 500,
  reconnectMaxMs: 8_000,
  giveUpMs: 60_000,
  drainMs: 30_000,
  rotateMs: 55 * 60_000,
  settleMs: 300,
}

/** Longest that a timer can wait. */
const MAX_MS = 2 ** 31 - 1

/** Fills in what is not given. */
export const resolveTiming = (
  given: Partial<RealtimeTiming> = {},
): RealtimeTiming => {
  const timing = { ...defaults }
  for (const [name, ms] of Object.entries(given)) {
    if (!Object.hasOwn(defaults, name))
      throw new OptionError(`timing.${name}`, 'is none; see RealtimeTiming')
    if (ms === undefined) continue
    checkNumber(`timing.${name}`, ms, name === 'settleMs' ? 0 : 1, MAX_MS)
    Object.assign(timing, { [name]: ms })
  }
  return timing
}
