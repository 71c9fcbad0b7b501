import type { IncomingMessage } from 'node:http'

/** The address of a request; only its path and query mean anything. */
export const urlOf = ({ url = '/' }: IncomingMessage): URL => {
  const path = url.startsWith('/') ? url : `/${url}`
  return new URL(`http://localhost${path}`)
}
