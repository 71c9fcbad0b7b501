import { InvalidArgumentError } from 'commander'
import type { TranscribeOptions } from '../index.ts'

/** What `--raw` says of headerless PCM. */
export type RawFormat = NonNullable<TranscribeOptions['raw']>

const seconds: Readonly<Record<string, number>> = {
  h: 3600,
  m: 60,
  s: 1,
  ms: 0.001,
}

/**
 * A length of time, in milliseconds: `4h`, `1h30m`, `90s`, `500ms`, `1:30:00`,
 * or plain seconds.
 */
export const parseDuration = (text: string): number => {
  const clock = /^(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)$/.exec(text)
  const total = clock
    ? Number(clock[1] ?? 0) * 3600 + Number(clock[2]) * 60 + Number(clock[3])
    : /^\d+(\.\d+)?$/.test(text)
      ? Number(text)
      : /^(\d+(\.\d+)?(ms|[hms]))+$/.test(text)
        ? [...text.matchAll(/([\d.]+)(ms|[hms])/g)].reduce(
            (sum, [, number, unit]) => sum + Number(number) * seconds[unit!]!,
            0,
          )
        : 0
  if (total <= 0)
    throw new InvalidArgumentError('write it as 4h, 1h30m, 90s or 1:30:00')
  return Math.round(total * 1000)
}

/** A length of time, in milliseconds, that may be negative: `-1.5s`. */
export const parseShift = (text: string): number => {
  const found = /^([+-]?)(.*)$/s.exec(text)!
  const isZero = /^0+(\.0+)?(ms|s)?$/.test(found[2]!)
  try {
    const ms = isZero ? 0 : parseDuration(found[2]!)
    return found[1] === '-' && ms > 0 ? -ms : ms
  } catch {
    throw new InvalidArgumentError('write it as 1.5s, -1.5s, 250ms or 0:01:30')
  }
}

/** `s16le:48000:2`; one channel where none is given. */
export const parseRaw = (text: string): RawFormat => {
  const found = /^(\w+):(\d+)(?::(\d+))?$/.exec(text)
  if (!found) throw new InvalidArgumentError('write it as s16le:48000:2')
  const [, encoding, rate, channels = '1'] = found
  return {
    encoding: encoding as RawFormat['encoding'], // the decoder checks it
    sampleRate: Number(rate),
    channels: Number(channels),
  }
}

/** A whole number of one and more. */
export const parseCount = (text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new InvalidArgumentError('write a whole number above 0')
  return Number(text)
}

/** Several of them: `1,8`. */
export const parseCounts = (text: string): number[] =>
  text.split(',').map(parseCount)

/** A port of TCP; 0 is any that is free. */
export const parsePort = (text: string): number => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN
  if (!(port <= 65_535))
    throw new InvalidArgumentError('write a number of 0 to 65535')
  return port
}

const units: Readonly<Record<string, number>> = {
  '': 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
}

/** A size in bytes: `512MiB`, `25MB`, or plain bytes. */
export const parseSize = (text: string): number => {
  const [, count, unit] = /^(\d{1,12})([KMG]i?B|)$/.exec(text) ?? []
  const bytes = Number(count) * (units[unit ?? ''] ?? NaN)
  if (!(bytes > 0)) throw new InvalidArgumentError('write it as 512MiB or 25MB')
  return bytes
}

/** Whisper takes a language by its English name too. */
export const parseLanguage = (text: string): string =>
  text.toLowerCase() === 'english' ? 'en' : text

/** For an option that may be given several times. */
export const collect = (word: string, before: string[] = []): string[] => [
  ...before,
  word,
]
