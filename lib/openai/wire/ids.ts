import { randomBytes } from 'node:crypto'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** So many random characters of base 62. */
export const base62 = (length: number): string => {
  let text = ''
  for (const byte of randomBytes(length)) text += BASE62[byte % 62]
  return text
}

/** An id of the form that OpenAI's have: `item_` and 21 characters. */
export const newId = (prefix: 'event' | 'item' | 'sess' | 'req'): string =>
  `${prefix}_${base62(21)}`
