import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { InputError, OptionError } from '../core/errors.ts'
import { toBytes } from '../core/stage.ts'

/**
 * Where audio can come from: a path, bytes, or a stream of bytes. A stream may
 * have typed arrays, DataViews and ArrayBuffers as chunks.
 */
export type AudioInput =
  | string
  | NodeJS.ArrayBufferView
  | ArrayBufferLike
  | Readable
  | AsyncIterable<NodeJS.ArrayBufferView | ArrayBufferLike>

const READ_SIZE = 64 * 1024

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; check the name',
  EISDIR: 'it is a folder; give the files in it',
  EACCES: 'it may not be read; check its permissions',
  EPERM: 'it may not be read; check its permissions',
}

/**
 * Opens an input as a stream of bytes.
 *
 * The stream fails with `VOX_INPUT` where a file can't be read.
 *
 * @throws {OptionError} for what is none of these
 * @throws {InputError} for a stream that can no longer be read
 */
export const openInput = (input: AudioInput): Readable => {
  if (input instanceof Readable) return stillReadable(input)
  if (typeof input === 'string') return readableOf(read(input))
  const bytes = toBytes(input)
  if (bytes) return readableOf(slices(bytes))
  if (!isAsyncIterable(input))
    throw new OptionError(
      'input',
      'must be a path, bytes (a typed array or an ArrayBuffer), or a stream of bytes',
    )
  return readableOf(input)
}

// Node never ends a pipeline from some of those.
const stillReadable = (input: Readable): Readable => {
  if (!input.destroyed && !input.readableEnded) return input
  throw new InputError(
    'the stream has already been read to its end, or destroyed; open it anew for each transcript',
    { ...(input.errored && { cause: input.errored }) },
  )
}

const readableOf = (
  parts: Iterable<unknown> | AsyncIterable<unknown>,
): Readable => Readable.from(parts, { highWaterMark: 1 })

const isAsyncIterable = (input: unknown): input is AsyncIterable<unknown> =>
  typeof (input as Partial<AsyncIterable<unknown>> | null | undefined)?.[
    Symbol.asyncIterator
  ] === 'function'

async function* read(path: string): AsyncGenerator<Uint8Array> {
  try {
    const file = await open(path)
    yield* file.createReadStream({ highWaterMark: READ_SIZE })
  } catch (error) {
    throw asInputError(path, error as NodeJS.ErrnoException)
  }
}

const asInputError = (path: string, cause: NodeJS.ErrnoException): Error =>
  cause.syscall
    ? new InputError(
        `${path}: ${reasons[cause.code ?? ''] ?? `cannot be read (${cause.code})`}`,
        { cause },
      )
    : cause

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += READ_SIZE)
    yield bytes.subarray(at, at + READ_SIZE)
}
