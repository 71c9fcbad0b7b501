import type { IncomingMessage } from 'node:http'
import { badRequest } from './refused.ts'
import { StallTimer } from './stall-timer.ts'

/** Largest body that is read as JSON, in bytes. */
const MAX_JSON = 65_536

const JSON_TYPE = /^application\/json\s*(;|$)/i

/**
 * Reads a body of JSON. A client that stalls is cut off.
 *
 * @throws Refused where it is none, or too long
 */
export const readJson = async (
  request: IncomingMessage,
  maxStallMs: number,
): Promise<unknown> => {
  if (!JSON_TYPE.test(request.headers['content-type'] ?? ''))
    throw badRequest("The content type must be 'application/json'.")
  const parts: Buffer[] = []
  let bytes = 0
  const stall = new StallTimer(maxStallMs, () => request.destroy())
  try {
    // What is left is read by whoever sends the answer.
    const body = request.iterator({ destroyOnReturn: false })
    for await (const part of body as AsyncIterable<Buffer>) {
      stall.touch()
      bytes += part.length
      if (bytes > MAX_JSON)
        throw badRequest(`The body is longer than ${MAX_JSON} bytes.`, 413)
      parts.push(part)
    }
  } finally {
    stall.stop()
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString()) as unknown
  } catch {
    throw badRequest('We could not parse the JSON body of your request.')
  }
}
