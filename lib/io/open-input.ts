import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { InputError, OptionError } from '../core/errors.ts'

/** Where audio can come from: a path, bytes, or a stream of bytes. */
export type AudioInput =
  string | Uint8Array | Readable | AsyncIterable<Uint8Array>

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
 */
export const openInput = (input: AudioInput): Readable => {
  if (input instanceof Readable) return input
  if (!isInput(input))
    throw new OptionError(
      'input',
      'must be a path, bytes, or a stream of bytes',
    )
  const bytes =
    typeof input === 'string'
      ? read(input)
      : input instanceof Uint8Array
        ? slices(input)
        : input
  return Readable.from(bytes, { highWaterMark: 1 })
}

const isInput = (input: unknown): boolean =>
  typeof input === 'string' ||
  (typeof input === 'object' &&
    input !== null &&
    Symbol.asyncIterator in input) ||
  input instanceof Uint8Array

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
