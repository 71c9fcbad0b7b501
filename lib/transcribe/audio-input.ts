import { open } from 'node:fs/promises'
import { isReadable, PassThrough, Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { InputError, OptionError } from '../core/errors.ts'
import { toBytes } from '../core/stage.ts'

/**
 * Audio input: the path or `file:` URL of a file, bytes, a Blob or File, the
 * Response of `fetch()`, or a stream or iterable of bytes. Streams can be
 * Node's or web streams. Their chunks, like bytes, can be typed arrays,
 * DataViews and ArrayBuffers.
 */
export type AudioInput =
  | string
  | URL
  | NodeJS.ArrayBufferView
  | ArrayBufferLike
  | Blob
  | Response
  | ReadableStream
  | Readable
  | AsyncIterable<NodeJS.ArrayBufferView | ArrayBufferLike>
  | Iterable<NodeJS.ArrayBufferView | ArrayBufferLike>

const READ_SIZE = 64 * 1024

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; check the name',
  EISDIR: 'it is a folder; name the files in it',
  EACCES: 'permission denied; check who may read it',
  EPERM: 'permission denied; check who may read it',
}

/**
 * Opens an input as a stream of bytes. The stream fails with `VOX_INPUT` if a
 * file cannot be read. Destroying the stream destroys the input.
 *
 * @throws {OptionError} if the input has another type
 * @throws {InputError} if the input can no longer be read
 */
export const openInput = (input: AudioInput): Readable => {
  if (input instanceof Readable) return stillReadable(input)
  if (typeof input === 'string' || input instanceof URL)
    return readableOf(read(pathOf(input)))
  const bytes = toBytes(input)
  if (bytes) return readableOf(slices(bytes))
  if (typeof input === 'object' && input !== null) {
    if (isResponse(input)) return openResponse(input)
    if (isBlob(input)) return openInput(input.stream())
    if (input instanceof ReadableStream) return openWebStream(input)
    if (isIterable(input)) return readableOf(input)
  }
  throw new OptionError(
    'input',
    'must be a path, a file: URL, bytes (a typed array or an ArrayBuffer), ' +
      'a Blob, a Response, or a stream or iterable of bytes',
  )
}

/** @throws {OptionError} for a URL of anything but a local file */
const pathOf = (input: string | URL): string => {
  const [protocol] = /^(data:|[a-z][a-z\d+.-]+:(?=\/\/))/i.exec(
    String(input),
  ) ?? [input instanceof URL ? input.protocol : '']
  if (protocol === '') return String(input)
  if (protocol.toLowerCase() !== 'file:')
    throw new OptionError(
      'input',
      `is a URL (${protocol}), which voxpipe does not open: pass its content instead, as in transcribe(await fetch(url))`,
    )
  try {
    return fileURLToPath(input)
  } catch (cause) {
    throw new OptionError('input', 'is not the URL of a local file', { cause })
  }
}

// Other packages have Response and Blob classes of their own, so these look at
// what an object can do.
const isResponse = (input: object): input is Response =>
  typeof (input as Partial<Response>).bodyUsed === 'boolean' &&
  typeof (input as Partial<Response>).ok === 'boolean'

const isBlob = (input: object): input is Blob =>
  typeof (input as Partial<Blob>).stream === 'function'

const isIterable = (
  input: object,
): input is Iterable<unknown> | AsyncIterable<unknown> =>
  [Symbol.asyncIterator, Symbol.iterator].some(
    name => typeof (input as Record<symbol, unknown>)[name] === 'function',
  )

const openResponse = ({ ok, status, body, bodyUsed }: Response): Readable => {
  if (!ok)
    throw new InputError(
      `the response has the status ${status}: its body is an error, not audio`,
    )
  if (bodyUsed) throw alreadyRead('body of the response')
  if (!body) return Readable.from([])
  const source = openInput(body)
  const explained = new PassThrough({ objectMode: true, highWaterMark: 1 })
  source.on('error', cause =>
    explained.destroy(
      new InputError(
        `the response ended before its body was complete: ${cause.message}`,
        { cause },
      ),
    ),
  )
  explained.on('close', () => source.destroy())
  return source.pipe(explained)
}

const alreadyRead = (what: string, cause?: unknown): InputError =>
  new InputError(
    `the ${what} has already been read to its end, or destroyed; open a new one for each transcript`,
    { ...(cause !== undefined && cause !== null && { cause }) },
  )

// Node never ends a pipeline from some of these.
const stillReadable = (input: Readable): Readable => {
  if (!input.destroyed && !input.readableEnded) return input
  throw alreadyRead('stream', input.errored)
}

const openWebStream = (input: ReadableStream): Readable => {
  if (input.locked)
    throw new InputError(
      'the stream is locked: something else reads it, so release its reader, or use one branch of its tee()',
    )
  // Node's types do not know that these take web streams.
  const stream = input as unknown as Readable
  if (Readable.isDisturbed(stream) && !isReadable(stream))
    throw alreadyRead('stream')
  // Its async iterator would not cancel it while a read is pending.
  return Readable.fromWeb(input, { objectMode: true, highWaterMark: 1 })
}

const readableOf = (
  parts: Iterable<unknown> | AsyncIterable<unknown>,
): Readable => Readable.from(parts, { highWaterMark: 1 })

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
