import { InvalidArgumentError } from 'commander'
import type { TranscribeOptions } from '../index.ts'
import type { Recognizer } from '../recognizers/index.ts'
import { usageError } from './cli-error.ts'

/** Omits undefined members, so that their defaults apply. */
export const given = <T extends object>(options: {
  [K in keyof T]: T[K] | undefined
}): T =>
  Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as T

/**
 * Refuses common options that a command does not take.
 * @throws CliError
 */
export const refuseOptions = (
  command: string,
  options: object,
  known: ReadonlySet<string>,
): void => {
  for (const name of Object.keys(options)) {
    if (known.has(name)) continue
    const flag = name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
    throw usageError(`'voxpipe ${command}' does not take --${flag}; omit it`)
  }
}

/**
 * Refuses options for the embedded engine's model if a recogniser replaces the
 * engine. That recogniser's own model is accepted.
 * @throws CliError
 */
export const refuseModel = (
  options: { readonly model?: string; readonly modelDir?: string },
  recognizer: Recognizer | undefined,
): void => {
  if (!recognizer) return
  const { model = recognizer.model, modelDir } = options
  if (model === recognizer.model && modelDir === undefined) return
  const name = modelDir === undefined ? '--model' : '--model-dir'
  throw usageError(
    `${name} is only for the embedded engine, but this command transcribes with '${recognizer.model}'; omit it`,
  )
}

export type RawFormat = NonNullable<TranscribeOptions['raw']>

const secondsPer: Readonly<Record<string, number>> = {
  h: 3600,
  m: 60,
  s: 1,
  ms: 0.001,
}

/**
 * Parses a duration to ms: `4h`, `1h30m`, `90s`, `500ms`, `1:30:00`, or plain
 * seconds.
 */
export const parseDuration = (text: string): number => {
  const clock = /^(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)$/.exec(text)
  const total = clock
    ? Number(clock[1] ?? 0) * 3600 + Number(clock[2]) * 60 + Number(clock[3])
    : /^\d+(\.\d+)?$/.test(text)
      ? Number(text)
      : /^(\d+(\.\d+)?(ms|[hms]))+$/.test(text)
        ? [...text.matchAll(/([\d.]+)(ms|[hms])/g)].reduce(
            (sum, [, number, unit]) =>
              sum + Number(number) * secondsPer[unit!]!,
            0,
          )
        : 0
  if (total <= 0)
    throw new InvalidArgumentError('write it as 4h, 1h30m, 90s or 1:30:00')
  return Math.round(total * 1000)
}

/** Parses a duration that may be negative to ms: `-1.5s`. */
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

/** Parses `s16le:48000:2`; the default is one channel. */
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

export const parseCount = (text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new InvalidArgumentError('write a whole number above 0')
  return Number(text)
}

export const parseCounts = (text: string): number[] =>
  text.split(',').map(parseCount)

/** Parses a TCP port; 0 is any free one. */
export const parsePort = (text: string): number => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN
  if (!(port <= 65_535))
    throw new InvalidArgumentError('write a number of 0 to 65535')
  return port
}

const bytesPer: Readonly<Record<string, number>> = {
  '': 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
}

/** Parses a size to bytes: `512MiB`, `25MB`, or plain bytes. */
export const parseSize = (text: string): number => {
  const [, count, unit] = /^(\d{1,12})([KMG]i?B|)$/.exec(text) ?? []
  const bytes = Number(count) * (bytesPer[unit ?? ''] ?? NaN)
  if (!(bytes > 0)) throw new InvalidArgumentError('write it as 512MiB or 25MB')
  return bytes
}

/** Accepts `English`, as Whisper's command does. */
export const parseLanguage = (text: string): string =>
  text.toLowerCase() === 'english' ? 'en' : text

export const collect = (word: string, before: string[] = []): string[] => [
  ...before,
  word,
]
