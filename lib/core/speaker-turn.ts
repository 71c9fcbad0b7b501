import { OptionError } from './errors.ts'

/** A stretch in which somebody speaks; those of several people may overlap. */
export type SpeakerTurn = {
  /** Name or number of who speaks. */
  readonly speaker: string
  /** Where it begins on the source's audio clock, in ms. */
  readonly start: number
  /** Where it ends, in ms. */
  readonly end: number
  /** Channel of the recording it was heard in, from 0. */
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

/**
 * Checks turns that somebody gave.
 *
 * @param name of the option that they are
 * @throws OptionError
 */
export const checkTurns = (name: string, turns: unknown): void => {
  if (!Array.isArray(turns))
    throw new OptionError(name, 'must be a list of turns, as readRttm gives')
  const wrong = turns.findIndex(turn => !isTurn(turn))
  if (wrong >= 0)
    throw new OptionError(
      name,
      `must be turns { speaker, start, end } with times in ms; number ${wrong + 1} is none`,
    )
}
