import { OptionError } from './errors.ts'

/** A range in which a speaker talks; ranges of several speakers may overlap. */
export type SpeakerTurn = {
  /** Name or number of who speaks. */
  readonly speaker: string
  /** Where it begins on the source's audio clock, in ms. */
  readonly start: number
  /** Where it ends, in ms. */
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

/**
 * Checks the turns of an option.
 *
 * @param name of the option
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
