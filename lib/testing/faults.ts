import type { Socket } from 'node:net'
import { OptionError } from '../core/errors.ts'
import { checkInteger, checkNumber, checkOneOf } from '../core/options.ts'

/**
 * When a fault happens, in a session of any number:
 *
 * - `frame`: numbered audio of that index has begun to arrive, before the
 *   message that it came in is handled.
 * - `commit`: that turn, counted from 1 over all sessions, is committed by
 *   the client or by turn detection, before the server sends anything about it.
 * - `event`: an event of that type, the `nth` over all sessions (default: 1),
 *   has come and is not handled yet, or is to be sent and does not go out
 *   yet.
 */
export type FaultMoment =
  | { readonly frame: number }
  | { readonly commit: number }
  | { readonly event: string; readonly nth?: number }

/**
 * What happens to the session.
 *
 * - `reset`: the connection is reset (TCP RST).
 * - `end`: it ends (FIN) with no close frame.
 * - `{ close }`: a close frame with this code; with 1005 one that has none.
 * - `expire`: the error `session_expired`, then a close with 1001.
 * - `stall`: as a peer that is gone: nothing is read, sent or answered again,
 *   pings neither, but the connection stays.
 * - `stop-reading`: nothing is read until {@link SpeechServer.resume}.
 * - `{ slow }`: from now on all that is sent goes so many ms later.
 * - `{ send }`: this text goes out as a message.
 *
 * And to the transcript of the turn that is open, or comes next:
 *
 * - `duplicate-completed`: its `completed` comes twice.
 * - `drop-completed`: it never comes.
 * - `malform-completed`: it comes as half a JSON text.
 * - `fail-transcription`: `failed` comes in its place.
 * - `reorder-completed`: it comes after the next one, or `holdMs` late where
 *   none comes.
 */
export type FaultAction =
  | ConnectionFault
  | TranscriptFault
  | { readonly close: number; readonly reason?: string }
  | { readonly slow: number }
  | { readonly send: string }

const connectionFaults = [
  'reset',
  'end',
  'expire',
  'stall',
  'stop-reading',
] as const

const transcriptFaults = [
  'duplicate-completed',
  'drop-completed',
  'malform-completed',
  'fail-transcription',
  'reorder-completed',
] as const

/** Faults of a connection that need no more than a name. */
export type ConnectionFault = (typeof connectionFaults)[number]

/** Faults of a turn's transcript. */
export type TranscriptFault = (typeof transcriptFaults)[number]

/** A fault, and when it happens. */
export type Fault = {
  readonly at: FaultMoment
  readonly do: FaultAction
  /**
   * How often it happens; from the first moment on, at each one of the kind:
   * each time that the frame comes again, each later commit or event.
   * @default 1
   */
  readonly times?: number
}

/** Whether a fault is one of a turn's transcript. */
export const isTranscriptFault = (
  action: FaultAction,
): action is TranscriptFault =>
  (transcriptFaults as readonly unknown[]).includes(action)

/** Codes that a close frame may have (RFC 6455, 7.4), and 1005 for none. */
const checkCloseCode = (code: number): void => {
  checkInteger('faults.do.close', code, 1_000, 4_999)
  if (code === 1_004 || code === 1_006 || (code > 1_014 && code < 3_000))
    throw new OptionError('faults.do.close', `must be sendable, got ${code}`)
}

/** @throws OptionError */
export const checkAction = (action: FaultAction): void => {
  if (typeof action === 'string')
    checkOneOf('faults.do', action, [...connectionFaults, ...transcriptFaults])
  else if ('close' in action) checkCloseCode(action.close)
  else if ('slow' in action) checkNumber('faults.do.slow', action.slow, 0)
  else if (typeof action.send !== 'string')
    throw new OptionError('faults.do.send', 'must be a string')
}

const checkMoment = (at: FaultMoment): void => {
  if ('frame' in at) checkInteger('faults.at.frame', at.frame, 0)
  else if ('commit' in at) checkInteger('faults.at.commit', at.commit, 1)
  else {
    if (typeof at.event !== 'string')
      throw new OptionError('faults.at', 'must have frame, commit or event')
    checkInteger('faults.at.nth', at.nth ?? 1, 1)
  }
}

type Pending = { readonly fault: Fault; left: number }

/** Which faults are still to happen, over all sessions of a server. */
export class FaultPlan {
  #pending: Pending[]
  #commits = 0
  readonly #events = new Map<string, number>()

  /** @throws OptionError */
  constructor(faults: readonly Fault[]) {
    this.#pending = faults.map(fault => {
      checkMoment(fault.at)
      checkAction(fault.do)
      checkInteger('faults.times', fault.times ?? 1, 1)
      return { fault, left: fault.times ?? 1 }
    })
  }

  /** Whether arriving audio need be read for numbers. */
  get awaitsFrames(): boolean {
    return this.#pending.some(({ fault }) => 'frame' in fault.at)
  }

  /** Faults that are due as this frame comes in. */
  frame(index: number): readonly FaultAction[] {
    return this.#take(at => 'frame' in at && at.frame === index)
  }

  /** Faults that are due as a turn is committed. */
  commit(): readonly FaultAction[] {
    const count = ++this.#commits
    return this.#take(at => 'commit' in at && count >= at.commit)
  }

  /** Faults that are due as an event of this type comes in or goes out. */
  event(type: string): readonly FaultAction[] {
    const count = (this.#events.get(type) ?? 0) + 1
    this.#events.set(type, count)
    if (this.#pending.length === 0) return []
    return this.#take(
      at => 'event' in at && at.event === type && count >= (at.nth ?? 1),
    )
  }

  #take(due: (at: FaultMoment) => boolean): FaultAction[] {
    const now = this.#pending.filter(({ fault }) => due(fault.at))
    for (const pending of now) pending.left--
    this.#pending = this.#pending.filter(({ left }) => left > 0)
    return now.map(({ fault }) => fault.do)
  }
}

/**
 * Resets a connection (RST). After `end()`, Node cannot reset a socket and would
 * never close it: then it is destroyed.
 */
export const reset = (socket: Socket): void => {
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
