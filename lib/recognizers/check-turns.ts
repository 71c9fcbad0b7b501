import { checkNumber } from '../core/options.ts'
import type { TurnOptions } from './turn-segmenter.ts'

/**
 * Checks the lengths and the threshold by which turns are cut.
 *
 * @throws {OptionError} for numbers that make no sense
 */
export const checkTurnOptions = ({
  threshold = 0.5,
  prefixPaddingMs = 300,
  silenceDurationMs = 500,
  shortTurnSilenceMs = 500,
}: TurnOptions): void => {
  checkNumber('threshold', threshold, 0.2, 0.99)
  checkNumber('prefixPaddingMs', prefixPaddingMs, 0, 2_000)
  checkNumber('silenceDurationMs', silenceDurationMs, 100, 5_000)
  checkNumber('shortTurnSilenceMs', shortTurnSilenceMs, 100, 5_000)
}
