const timestamp = String.raw`(?:(\d+):)?(\d\d):(\d\d)\.(\d{3})(?!\d)`
const space = String.raw`[\t\n\f\r ]*`
const timings = new RegExp(
  `^${space}${timestamp}${space}-->${space}${timestamp}`,
)

const msOf = (found: readonly (string | undefined)[]): number | undefined => {
  const [h, m, s, ms] = found.map(digits => Number(digits ?? 0))
  if (m! > 59 || s! > 59) return undefined
  const total = ((h! * 60 + m!) * 60 + s!) * 1000 + ms!
  return total <= Number.MAX_SAFE_INTEGER ? total : undefined
}

/**
 * Start and end in ms of a line of WebVTT cue timings; settings behind them are
 * not looked at.
 *
 * Source: https://www.w3.org/TR/webvtt1/#webvtt-timings-and-settings
 *
 * @returns undefined where the standard's algorithm fails
 */
export const vttTimes = (
  line: string,
): { readonly start: number; readonly end: number } | undefined => {
  const found = timings.exec(line)
  const start = found ? msOf(found.slice(1, 5)) : undefined
  const end = found ? msOf(found.slice(5, 9)) : undefined
  return start === undefined || end === undefined ? undefined : { start, end }
}
