import type { TurnMark } from '../../core/turn-detector.ts'
import type { SenderOptions } from './turn-sender.ts'
import type { SessionPlan } from './session-settings.ts'
import type { RealtimeSession } from './session.ts'

/** What `ServerTurns` needs to know. */
export type ServerTurnsOptions = Omit<SenderOptions, 'settled' | 'settleMs'> & {
  readonly plan: SessionPlan
  readonly onMark: (mark: TurnMark) => void
  /** The server has heard more. */
  readonly onHeard: () => void
  /** The server did not answer, or an event of it is missing. */
  readonly onUnsure: (session: RealtimeSession, problem: string) => void
  readonly onWarning: (problem: string) => void
  /** For an answer of the server, in ms. */
  readonly answerMs: number
}
