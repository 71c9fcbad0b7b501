const pad = (value: number, digits: number): string =>
  String(value).padStart(digits, '0')

const split = (seconds: number): string =>
  [
    pad(Math.floor(seconds / 3600), 2),
    pad(Math.floor(seconds / 60) % 60, 2),
    pad(seconds % 60, 2),
  ].join(':')

/** Formats whole ms as `HH:MM:SS,mmm`, with more digits of hours if needed. */
export const timecode = (ms: number, mark: ',' | '.'): string =>
  `${split(Math.floor(ms / 1000))}${mark}${pad(ms % 1000, 3)}`

/** Formats a time in ms as `HH:MM:SS`, rounded down. */
export const clock = (ms: number): string => split(Math.floor(ms / 1000))

/** Formats a range as `HH:MM:SS-HH:MM:SS`, rounded outwards. */
export const clockRange = (start: number, end: number): string =>
  `${split(Math.floor(start / 1000))}-${split(Math.ceil(end / 1000))}`
