import { basename } from 'node:path'
import { FfmpegError } from '../core/errors.ts'
import { ByteChild } from './child-process.ts'

const STALL_MS = 60_000

/**
 * What ffmpeg makes of bytes that it gets on standard input and gives on
 * standard output.
 *
 * @param path of ffmpeg, absolute
 * @throws {FfmpegError} where it fails, or stops working for a minute
 */
export const bytesThrough = async (
  path: string,
  args: readonly string[],
  bytes: Uint8Array,
): Promise<Uint8Array> => {
  const child = new ByteChild(path, args, { stallMs: STALL_MS })
  const given = child.write(bytes).then(() => child.endInput())
  const parts: Uint8Array[] = []
  for (let part; (part = await child.read());) parts.push(part)
  await given
  const { code, lastLine, stalled } = await child.ended()
  if (code !== 0)
    throw new FfmpegError(
      code,
      stalled
        ? `${basename(path)} stopped working`
        : `${basename(path)} failed: ${lastLine || `code ${code}`}`,
    )
  return Buffer.concat(parts)
}
