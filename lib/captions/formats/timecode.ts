const pad = (value: number, digits: number): string =>
  String(value).padStart(digits, '0')

const split = (seconds: number): string =>
  [
    pad(Math.floor(seconds / 3600), 2),
    pad(Math.floor(seconds / 60) % 60, 2),
    pad(seconds % 60, 2),
  ].join(':')

/**
 * `HH:MM:SS,mmm` of a time in whole ms; hours take the digits they need.
 *
 * @param mark - What stands before the milliseconds: a comma or a point.
 */
export const timecode = (ms: number, mark: ',' | '.'): string =>
  `${split(Math.floor(ms / 1000))}${mark}${pad(ms % 1000, 3)}`

/** `HH:MM:SS` of a time in ms, rounded down. */
export const clock = (ms: number): string => split(Math.floor(ms / 1000))

/** `HH:MM:SS-HH:MM:SS`, rounded outwards so that it covers the range. */
export const clockRange = (start: number, end: number): string =>
  `${split(Math.floor(start / 1000))}-${split(Math.ceil(end / 1000))}`
