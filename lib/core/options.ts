import { OptionError } from './errors.ts'

const show = (value: unknown): string =>
  typeof value === 'string'
    ? `'${value}'`
    : typeof value === 'number' || value === undefined || value === null
      ? String(value)
      : typeof value

const refuse = (name: string, expected: string, value: unknown): never => {
  throw new OptionError(name, `must be ${expected}, got ${show(value)}`)
}

/** Checks that an option is a whole number within [min, max]. */
export const checkInteger = (
  name: string,
  value: unknown,
  min: number,
  max: number = Number.MAX_SAFE_INTEGER,
): void => {
  if (
    !Number.isSafeInteger(value) ||
    Number(value) < min ||
    Number(value) > max
  )
    refuse(name, `a whole number from ${min} to ${max}`, value)
}

/** Checks that an option is a finite number within [min, max]. */
export const checkNumber = (
  name: string,
  value: unknown,
  min: number,
  max: number = Number.MAX_VALUE,
): void => {
  if (
    typeof value !== 'number' ||
    !Number.isFinite(value) ||
    value < min ||
    value > max
  )
    refuse(name, `a number from ${min} to ${max}`, value)
}

/** Checks that an option is one of a few strings. */
export const checkOneOf = (
  name: string,
  value: unknown,
  allowed: readonly string[],
): void => {
  if (!allowed.includes(value as string))
    refuse(name, `one of ${allowed.map(a => `'${a}'`).join(', ')}`, value)
}

/** Checks that an option, when given, is an AbortSignal. */
export const checkSignal = (value: unknown): void => {
  if (value !== undefined && !(value instanceof AbortSignal))
    refuse('signal', 'an AbortSignal', value)
}

/** Omits undefined members, so that their defaults apply. */
export const given = <T extends object>(options: {
  [K in keyof T]: T[K] | undefined
}): T =>
  Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as T
