import { OptionError } from './errors.ts'

/**
 * A range in which one speaker talks; ranges of different speakers may overlap.
 */
export type SpeakerTurn = {
  /** The speaker's name or number. */
  readonly speaker: string
  /** Start on the source's audio clock, in ms. */
  readonly start: number
  /** End in ms. */
  readonly end: number
  /** Channel of the recording, from 0. */
  readonly channel?: number
}

const isTurn = (value: unknown): value is SpeakerTurn => {
  if (typeof value !== 'object' || value === null) return false
  const { speaker, start, end, channel } = value as Partial<SpeakerTurn>
  return (
    typeof speaker === 'string' &&
    speaker !== '' &&
    Number.isFinite(start) &&
    Number.isFinite(end) &&
    start! <= end! &&
    (channel === undefined || (Number.isSafeInteger(channel) && channel >= 0))
  )
}

export const checkTurns = (name: string, turns: unknown): void => {
  if (!Array.isArray(turns))
    throw new OptionError(
      name,
      'must be a list of turns, as readRttm() returns',
    )
  const wrong = turns.findIndex(turn => !isTurn(turn))
  if (wrong >= 0)
    throw new OptionError(
      name,
      `must be turns { speaker, start, end } with times in ms; number ${wrong + 1} is not`,
    )
}
