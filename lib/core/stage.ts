import {
  addAbortSignal,
  Readable,
  type Stream,
  Transform,
  type TransformCallback,
  type TransformOptions,
} from 'node:stream'
import { FormatError } from './errors.ts'
import type { WarningCode } from './warning-code.ts'

/**
 * A problem that does not stop a stage, which emits it as `'warning'`.
 * `LocalTranscriber`, `RealtimeTranscriber` and `transcribe()` emit an event
 * instead.
 */
export type StageWarning = {
  /** Stable code; see docs/errors.md. */
  readonly code: WarningCode
  /** The problem in words, with its consequences. */
  readonly message: string
}

/**
 * Events of every stream. Those without arguments have `never[]`, so that
 * `resolve` of any promise can listen.
 */
export type StreamEvents<Out> = {
  /** The stream is closed. */
  readonly close: never[]
  /** A chunk of the output. */
  readonly data: [chunk: Out]
  /** Writing can continue. */
  readonly drain: never[]
  /** The output has ended. */
  readonly end: never[]
  /** The stream failed. */
  readonly error: [error: Error]
  /** All input was written. */
  readonly finish: never[]
  /** Reading is paused. */
  readonly pause: never[]
  /** A source was piped in. */
  readonly pipe: [source: Readable]
  /** Output can be read. */
  readonly readable: never[]
  /** Reading continues. */
  readonly resume: never[]
  /** A source was removed. */
  readonly unpipe: [source: Readable]
}

/** Adds or removes a listener of one of the events. */
export type Listen<Events, Emitter> = <Name extends string & keyof Events>(
  name: Name,
  listener: (
    ...values: Events[Name] extends readonly unknown[] ? Events[Name] : never
  ) => void,
) => Emitter

declare const input: unique symbol
declare const output: unique symbol

/**
 * A {@link Transform} with typed input and output. Its errors wait until its
 * output has been read.
 *
 * A stage that fails, through the callback of `_transform` or `_flush`, an
 * exception in them, or {@link Stage.fail}, accepts no more input. Its pushed
 * output can still be read; when the reader asks for more, the stage is
 * destroyed with the error. A stage without a reader (no pipe, no `data` or
 * `readable` listener, no `for await`) is destroyed immediately, so that its
 * pipeline ends too. A paused stage counts as read.
 *
 * {@link chunksOf} reads the two type-only fields. Narrowing
 * `[Symbol.asyncIterator]` or `read()` instead would make the class
 * unassignable to `NodeJS.ReadWriteStream` and break every typed `pipeline()`.
 */
// Only a merged interface can narrow on() of a class without code at run time.
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging, no-unused-vars
export class Stage<In, Out, Own extends object = object> extends Transform {
  declare readonly [input]: In
  declare readonly [output]: Out
  #failure: Error | undefined
  /** Whether the reader has asked for more than is buffered. */
  #asking = false
  /** Whether `push()` is running, which calls listeners. */
  #pushing = false
  /** Callback of the write that failed. */
  #stopped: TransformCallback | undefined

  constructor({ signal, ...options }: TransformOptions = {}) {
    super(options)
    if (signal) abortWith(signal, this)
    // Transform calls `_flush` itself, so its callback can be wrapped only here.
    const flush = this._flush?.bind(this)
    if (flush) this._flush = done => this.#end(flush, done)
  }

  /** Whether the stage has failed; it may not be destroyed yet. */
  protected get failed(): boolean {
    return this.#failure !== undefined
  }

  /**
   * Fails the stage once its pushed output has been read. Only the first error
   * counts; nothing can be pushed after it.
   */
  protected fail(error: Error): void {
    if (this.#failure || this.destroyed) return
    this.#failure = error
    const waits = this.readableFlowing || this.#asking
    if (this.readableFlowing === null || (this.readableLength === 0 && waits))
      this.destroy()
  }

  override _write(
    chunk: unknown,
    encoding: BufferEncoding,
    done: TransformCallback,
  ): void {
    if (this.#failure) return this.#stop(done)
    const finish: TransformCallback = error => {
      if (error) this.fail(error)
      if (this.#failure) this.#stop(done)
      else done(error)
    }
    this.#guard(() => super._write(chunk, encoding, finish), finish)
  }

  override push(chunk: unknown, encoding?: BufferEncoding): boolean {
    if (this.#failure) return false
    this.#asking = false
    this.#pushing = true
    const wantsMore = super.push(chunk, encoding)
    this.#pushing = false
    return wantsMore
  }

  // Every consumer of a stream calls read().
  override read(size?: number): any {
    const chunk: unknown = super.read(size)
    if (size === 0) return chunk // Node prepares for a reader
    this.#asking = chunk === null
    if (this.#failure && this.#asking) process.nextTick(() => this.destroy())
    return chunk
  }

  /** Destroys the stage; a pending failure becomes its error. */
  override destroy(error?: Error): this {
    const stopped = this.#stopped
    this.#stopped = undefined
    super.destroy(this.#failure ?? error)
    stopped?.(this.#failure)
    return this
  }

  #end(
    flush: (done: TransformCallback) => void,
    done: TransformCallback,
  ): void {
    // destroy() reports the failure.
    if (this.#failure) return
    this.#guard(() =>
      flush((error, data) => {
        if (error) this.fail(error)
        else if (!this.#failure) done(null, data)
      }),
    )
  }

  /**
   * Runs a step and fails the stage if it throws. Exceptions of `data`
   * listeners are passed on.
   */
  #guard(step: () => void, finish: TransformCallback = () => {}): void {
    this.#pushing = false
    try {
      step()
    } catch (error) {
      if (this.#pushing) throw error
      this.fail(error as Error)
      finish()
    }
  }

  #stop(done: TransformCallback): void {
    if (this.destroyed) done(this.#failure)
    else this.#stopped = done
  }
}

/**
 * Listeners are typed. `Own` has the events of a stage, beside those of every
 * stream; others do not compile.
 */
// oxlint-disable-next-line no-unused-vars -- the parameters of both are the same
export interface Stage<In, Out, Own extends object = object> {
  /** Adds a listener, like `on()`. */
  addListener: Listen<StreamEvents<Out> & Own, this>
  /** Removes a listener. */
  off: Listen<StreamEvents<Out> & Own, this>
  /** Adds a listener of an event. */
  on: Listen<StreamEvents<Out> & Own, this>
  /** Adds a listener that is called once. */
  once: Listen<StreamEvents<Out> & Own, this>
  /** Adds a listener before the others. */
  prependListener: Listen<StreamEvents<Out> & Own, this>
  /** Adds a listener before the others that is called once. */
  prependOnceListener: Listen<StreamEvents<Out> & Own, this>
  /** Removes a listener, like `off()`. */
  removeListener: Listen<StreamEvents<Out> & Own, this>
}

/** A {@link Readable} with typed listeners, as those of {@link Stage}. */
// Only a merged interface can narrow on() of a class without code at run time.
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging, no-unused-vars
export class TypedReadable<Out, Own extends object = object> extends Readable {
  declare readonly [output]: Out
}

/** Typed listeners. */
export interface TypedReadable<Out, Own extends object = object> {
  /** Adds a listener, like `on()`. */
  addListener: Listen<StreamEvents<Out> & Own, this>
  /** Removes a listener. */
  off: Listen<StreamEvents<Out> & Own, this>
  /** Adds a listener of an event. */
  on: Listen<StreamEvents<Out> & Own, this>
  /** Adds a listener that is called once. */
  once: Listen<StreamEvents<Out> & Own, this>
  /** Adds a listener before the others. */
  prependListener: Listen<StreamEvents<Out> & Own, this>
  /** Adds a listener before the others that is called once. */
  prependOnceListener: Listen<StreamEvents<Out> & Own, this>
  /** Removes a listener, like `off()`. */
  removeListener: Listen<StreamEvents<Out> & Own, this>
}

/** A stage in object mode around functions that return its output. */
export class MapStage<In, Out> extends Stage<In, Out> {
  readonly #outputsOf: (input: unknown) => Iterable<Out>
  readonly #rest: () => Iterable<Out>

  /** @param rest returns the output at the end of the input */
  constructor(
    outputsOf: (input: unknown) => Iterable<Out>,
    rest: () => Iterable<Out>,
    signal: AbortSignal | undefined,
  ) {
    super({ objectMode: true, signal })
    this.#outputsOf = outputsOf
    this.#rest = rest
  }

  override _transform(
    input: unknown,
    _: string,
    done: TransformCallback,
  ): void {
    for (const output of this.#outputsOf(input)) this.push(output)
    done()
  }

  override _flush(done: TransformCallback): void {
    for (const output of this.#rest()) this.push(output)
    done()
  }
}

/**
 * Destroys a stream when a signal aborts. For an aborted signal, Node would do
 * so inside the constructor, before a subclass has its fields and anyone can
 * listen for the error.
 */
export const abortWith = (signal: AbortSignal, stream: Stream): void => {
  if (signal.aborted) process.nextTick(() => addAbortSignal(signal, stream))
  else addAbortSignal(signal, stream)
}

/** Returns the output of a stage as a typed async iterable. */
export const chunksOf = <Out>(stage: Stage<unknown, Out>): AsyncIterable<Out> =>
  stage as AsyncIterable<Out>

export type { TransformCallback }

const nameOf = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? `a ${value.constructor?.name ?? 'bare object'}`
    : typeof value === 'string'
      ? 'text'
      : String(value)

/**
 * Returns binary data as bytes without copying it: a typed array, DataView,
 * ArrayBuffer or SharedArrayBuffer; undefined for anything else.
 */
export const toBytes = (data: unknown): Uint8Array | undefined => {
  if (data instanceof Uint8Array) return data
  if (ArrayBuffer.isView(data))
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer)
    return new Uint8Array(data)
  return undefined
}

/**
 * Returns a written chunk as bytes.
 * @param stage name of the stage
 * @throws {FormatError} if the chunk is not binary data
 */
export const chunkBytes = (chunk: unknown, stage: string): Uint8Array => {
  const bytes = toBytes(chunk)
  if (bytes) return bytes
  const cure =
    typeof chunk === 'string'
      ? 'open the source without an encoding'
      : 'give it Buffers, typed arrays or ArrayBuffers'
  throw new FormatError(
    `${stage} needs the bytes of a file, but got ${nameOf(chunk)}; ${cure}`,
  )
}
