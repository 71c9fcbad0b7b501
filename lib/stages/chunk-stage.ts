import type { TransformOptions } from 'node:stream'
import { isAudioChunk, type AudioChunk } from '../core/audio-chunk.ts'
import { FormatError } from '../core/errors.ts'
import { Stage, type TransformCallback } from '../core/stage.ts'

/** Converts a chunk to any number of chunks. */
export interface ChunkEngine {
  push(chunk: AudioChunk): Iterator<AudioChunk>
  end(): Iterator<AudioChunk>
}

const nameOf = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? `a ${value.constructor?.name ?? 'bare object'}`
    : `a ${typeof value}`

/**
 * A stage around a {@link ChunkEngine}. It produces output as fast as it is
 * read.
 */
export class ChunkStage extends Stage<AudioChunk, AudioChunk> {
  readonly #engine: ChunkEngine
  #outputs: Iterator<AudioChunk> | undefined
  #done: TransformCallback = () => {}
  #pumping = false

  /** @internal */
  constructor(engine: ChunkEngine, options: TransformOptions) {
    super({ ...options, objectMode: true })
    this.#engine = engine
  }

  override _transform(
    chunk: unknown,
    _: BufferEncoding,
    done: TransformCallback,
  ): void {
    if (isAudioChunk(chunk)) return this.#start(this.#engine.push(chunk), done)
    done(
      new FormatError(
        `${this.constructor.name} takes AudioChunks, got ${nameOf(chunk)}: put a Decoder in front of it`,
      ),
    )
  }

  override _flush(done: TransformCallback): void {
    this.#start(this.#engine.end(), done)
  }

  override _read(size: number): void {
    this.#pump()
    // Nothing may have been pushed, and Node reads again only after a push.
    if (this.#outputs === undefined) super._read(size)
  }

  #start(outputs: Iterator<AudioChunk>, done: TransformCallback): void {
    this.#outputs = outputs
    this.#done = done
    this.#pump()
  }

  /** Pushes until the buffer is full; `_read` continues. */
  #pump(): void {
    // A listener may read during a push.
    if (this.#pumping) return
    this.#pumping = true
    try {
      while (this.#outputs !== undefined && !this.destroyed) {
        const next = this.#next(this.#outputs)
        if (next === undefined) return
        if (!this.push(next)) return
      }
    } finally {
      this.#pumping = false
    }
  }

  /** Returns the next output; undefined after the last one or an error. */
  #next(outputs: Iterator<AudioChunk>): AudioChunk | undefined {
    let failure: Error | undefined
    try {
      const next = outputs.next()
      if (!next.done) return next.value
    } catch (error) {
      failure = error as Error
    }
    this.#outputs = undefined
    this.#pumping = false
    this.#done(failure)
    return undefined
  }
}
