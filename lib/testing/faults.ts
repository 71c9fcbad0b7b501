import type { Socket } from 'node:net'
import { OptionError } from '../core/errors.ts'
import { checkInteger, checkNumber, checkOneOf } from '../core/options.ts'

/**
 * When a fault happens, in any session:
 *
 * - `frame`: numbered audio of that index has begun to arrive; its message is
 *   not handled yet.
 * - `commit`: the client or turn detection commits that turn, counted from 1
 *   over all sessions; the server has not sent an event about it yet.
 * - `event`: the `nth` event of that type over all sessions (default: 1) was
 *   received but not handled, or is about to be sent.
 */
export type FaultMoment =
  | {
      /** Index of the frame. */
      readonly frame: number
    }
  | {
      /** Number of the turn, from 1. */
      readonly commit: number
    }
  | {
      /** Type of the event. */
      readonly event: string
      /** Which event of that type, from 1. @default 1 */
      readonly nth?: number
    }

/**
 * What happens to the session:
 *
 * - `reset`: the connection is reset (TCP RST).
 * - `end`: the connection ends (FIN) without a close frame.
 * - `{ close }`: a close frame with this code; with 1005 without a code.
 * - `expire`: the error `session_expired`, then a close with 1001.
 * - `stall`: like a peer that is gone: nothing is read, sent or answered any
 *   more, not even pings, but the connection stays open.
 * - `stop-reading`: nothing is read until {@link SpeechServer.resume}.
 * - `{ slow }`: from now on everything is sent so many ms later.
 * - `{ send }`: this text is sent as a message.
 *
 * Or to the transcript of the open or next turn:
 *
 * - `duplicate-completed`: its `completed` is sent twice.
 * - `drop-completed`: it is never sent.
 * - `malform-completed`: half its JSON is sent.
 * - `fail-transcription`: `failed` is sent instead.
 * - `reorder-completed`: it is sent after the next one, or `holdMs` late if
 *   there is none.
 */
export type FaultAction =
  | ConnectionFault
  | TranscriptFault
  | {
      /** Close code. */
      readonly close: number
      /** Reason in the close frame. @default none */
      readonly reason?: string
    }
  | {
      /** Delay of everything that is sent, in ms. */
      readonly slow: number
    }
  | {
      /** Text of the message. */
      readonly send: string
    }

const connectionFaults = [
  'reset',
  'end',
  'expire',
  'stall',
  'stop-reading',
] as const satisfies readonly ConnectionFault[]

const transcriptFaults = [
  'duplicate-completed',
  'drop-completed',
  'malform-completed',
  'fail-transcription',
  'reorder-completed',
] as const satisfies readonly TranscriptFault[]

/** Faults of a connection without parameters. */
export type ConnectionFault =
  'reset' | 'end' | 'expire' | 'stall' | 'stop-reading'

/** Faults of a turn's transcript. */
export type TranscriptFault =
  | 'duplicate-completed'
  | 'drop-completed'
  | 'malform-completed'
  | 'fail-transcription'
  | 'reorder-completed'

/** A fault and its moment. */
export type Fault = {
  /** When it happens. */
  readonly at: FaultMoment
  /** What happens. */
  readonly do: FaultAction
  /**
   * How often the fault happens from that moment on: each time that the frame
   * is repeated, or at each later commit or event.
   * @default 1
   */
  readonly times?: number
}

/** Whether a fault concerns a turn's transcript. */
export const isTranscriptFault = (
  action: FaultAction,
): action is TranscriptFault =>
  (transcriptFaults as readonly unknown[]).includes(action)

/**
 * Refuses codes that a close frame cannot have (RFC 6455, 7.4); 1005 is none.
 */
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

/** Faults still to happen, over all sessions of a server. */
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

  /** Whether arriving audio has to be searched for frame numbers. */
  get awaitsFrames(): boolean {
    return this.#pending.some(({ fault }) => 'frame' in fault.at)
  }

  /** Faults due when this frame arrives. */
  frame(index: number): readonly FaultAction[] {
    return this.#take(at => 'frame' in at && at.frame === index)
  }

  /** Faults due when a turn is committed. */
  commit(): readonly FaultAction[] {
    const count = ++this.#commits
    return this.#take(at => 'commit' in at && count >= at.commit)
  }

  /** Faults due when an event of this type is received or sent. */
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
 * Resets a connection (RST). Destroys a socket after `end()`, since Node could
 * neither reset nor close it.
 */
export const reset = (socket: Socket): void => {
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
