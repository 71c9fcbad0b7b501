const time = String.raw`(-?)(?:(\d{1,9}) ?: ?)?(\d{1,4}) ?: ?(\d{1,4})(?: ?[,.:;] ?(\d{1,9}))?`
const first = new RegExp(
  String.raw`^[\s\u200e\u200f\u202a-\u202e]*${time}\s*-{2,}>\s*(.*)$`,
)
const second = new RegExp(String.raw`^${time}(?![\w:])`)
const broken = /^\s*-?\d+\s*:.*-->/

const msOf = (found: readonly (string | undefined)[], at: number): number => {
  const [sign, h = 0, m, s, fraction = ''] = found.slice(at, at + 5)
  const seconds = Number(h) * 3600 + Number(m) * 60 + Number(s)
  const ms = Math.round(Number(`0.${fraction}0`) * 1000)
  return (sign === '-' ? -1 : 1) * (seconds * 1000 + ms)
}

/** What a line of an SRT file says of times, in ms. */
export type SrtTimes = {
  /** Undefined where it cannot be read. */
  readonly start: number | undefined
  /** Undefined where it cannot be read. */
  readonly end: number | undefined
}

/**
 * Times of a line as `00:00:01,000 --> 00:00:02,500`. Hours may be missing, a
 * point may stand for the comma, spaces where people put them, and anything
 * behind them, as `X1:40`; digits behind the comma are a fraction, so that `,5`
 * is 500 ms.
 *
 * @returns undefined for a line that is none of times
 */
export const srtTimes = (line: string): SrtTimes | undefined => {
  if (!line.includes('-->')) return undefined
  const start = first.exec(line)
  if (start === null)
    return broken.test(line) ? { start: undefined, end: undefined } : undefined
  const end = second.exec(start[6]!)
  return {
    start: msOf(start, 1),
    end: end === null ? undefined : msOf(end, 1),
  }
}
