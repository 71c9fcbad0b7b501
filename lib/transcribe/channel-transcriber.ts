import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { type AudioChunk, isAudioChunk } from '../core/audio-chunk.ts'
import { FormatError } from '../core/errors.ts'
import {
  type StageWarning,
  Stage,
  type TransformCallback,
} from '../core/stage.ts'
import type {
  TranscriptEvent,
  EndEvent,
  Usage,
  FinalEvent,
  GapEvent,
} from '../core/transcript-event.ts'
import { addUsage } from '../openai/accumulate.ts'

/** Stages from a channel's AudioChunks to its TranscriptEvents. */
type ChannelStages = readonly [Duplex, ...Duplex[]]

type ChannelHandlers = {
  readonly onEvent: (event: TranscriptEvent) => void
  readonly onWarning: (warning: StageWarning) => void
  readonly onError: (error: Error) => void
  /** Called when {@link ChannelPipeline.settled} may have changed. */
  readonly onSettled: () => void
}

class ChannelPipeline {
  readonly #stages: ChannelStages
  readonly #ended: Promise<unknown>

  constructor(stages: ChannelStages, handlers: ChannelHandlers) {
    const { onEvent, onWarning, onError, onSettled } = handlers
    this.#stages = stages
    for (const [i, stage] of stages.entries()) {
      stage.on('error', onError)
      stage.on('warning', onWarning)
      const next = stages[i + 1]
      if (next) stage.pipe(next)
    }
    this.#ended = once(this.#last, 'end')
    this.#ended.catch(() => {}) // reported by onError
    this.#last.on('data', onEvent)
    this.#last.on('settled', onSettled)
  }

  /** Further finals and gaps begin at or after this time, in ms. */
  get settled(): number {
    const last: Duplex & { readonly settled?: number } = this.#last
    // Events that have not been read may begin earlier.
    return last.readableLength > 0 ? 0 : (last.settled ?? 0)
  }

  /** Resolves when the channel can take more. */
  async write(chunk: AudioChunk): Promise<void> {
    const [first] = this.#stages
    if (!first.write(chunk)) await once(first, 'drain')
  }

  async end(): Promise<void> {
    this.#stages[0].end()
    await this.#ended
  }

  destroy(error: Error | null): void {
    for (const stage of this.#stages) stage.destroy(error ?? undefined)
  }

  get #last(): Duplex {
    return this.#stages.at(-1)!
  }
}

export type ChannelTranscriberOptions = {
  /**
   * Creates a channel's stages. Called immediately for the first channel, and
   * for the others when their number is known.
   */
  readonly open: () => ChannelStages
  /** The speaker of each channel. @default `Channel 1` and so on */
  readonly names?: readonly string[]
  /** The order of finals and gaps, as for `transcribe()`. */
  readonly order?: 'time' | 'channel'
  /** Frees what the channels share, when the stage is destroyed. */
  readonly close?: () => Promise<void>
  /** Destroys the stream when aborted. */
  readonly signal?: AbortSignal
}

/**
 * Transcribes each channel of a recording separately. Events have a `channel`,
 * which prefixes the turn's name: `0:turn-1`. Finals without a speaker get the
 * name of their channel. All channels receive their audio at the same time, so
 * none runs ahead of the others by more than its stages buffer.
 *
 * If a channel fails, all do, after the events so far have been read. A single
 * channel is transcribed without any of this, with a warning.
 */
export class ChannelTranscriber extends Stage<
  AudioChunk,
  TranscriptEvent,
  { readonly warning: [warning: StageWarning] }
> {
  readonly #options: ChannelTranscriberOptions
  readonly #pipelines: ChannelPipeline[] = []
  #merge: ChannelMerge | undefined
  #started = false
  /** First channel to emit a warning, by its code. Others do not repeat it. */
  readonly #warned = new Map<string, number>()
  #duration = 0
  #complete = true
  #usage: Usage | undefined
  /** Continues the input once enough events have been read. */
  #resume: (() => void) | undefined

  constructor(options: ChannelTranscriberOptions) {
    const { signal } = options
    super({
      objectMode: true,
      writableHighWaterMark: 4,
      readableHighWaterMark: 16,
      ...(signal && { signal }),
    })
    this.#options = options
    this.#open(0)
  }

  override _transform(
    chunk: unknown,
    _: BufferEncoding,
    done: TransformCallback,
  ): void {
    const problem = this.#problemWith(chunk)
    if (problem) return this.#fail(problem)
    this.#write(chunk as AudioChunk).then(
      () => {
        this.#emitMerged()
        if (this.readableLength < this.readableHighWaterMark) done()
        else this.#resume = done
      },
      () => {}, // reported by onError
    )
  }

  override _read(size: number): void {
    const resume = this.#resume
    this.#resume = undefined
    resume?.()
    super._read(size)
  }

  override _flush(done: TransformCallback): void {
    Promise.all(this.#pipelines.map(pipeline => pipeline.end())).then(
      () => {
        this.#emitMerged()
        this.push({
          type: 'end',
          duration: this.#duration,
          complete: this.#complete,
          ...(this.#usage && { usage: this.#usage }),
        })
        done()
      },
      () => {}, // reported by onError
    )
  }

  override _destroy(
    error: Error | null,
    done: (error?: Error | null) => void,
  ): void {
    for (const pipeline of this.#pipelines) pipeline.destroy(error)
    const closed = this.#options.close?.() ?? Promise.resolve()
    closed.then(
      () => done(error),
      (problem: Error) => done(error ?? problem),
    )
  }

  #open(channel: number): void {
    this.#pipelines[channel] = new ChannelPipeline(this.#options.open(), {
      onEvent: event => {
        if (this.failed) return
        this.#onEvent(channel, event)
        this.#emitMerged()
      },
      onWarning: warning => {
        if (this.#isFirstToWarn(channel, warning.code))
          this.emit('warning', warning)
      },
      onError: error => this.#fail(error),
      onSettled: () => this.#emitMerged(),
    })
  }

  /** Emits all events first, even if other channels lag behind. */
  #fail(error: Error): void {
    if (this.failed) return
    for (const channel of this.#pipelines.keys())
      this.#merge?.settle(channel, Infinity)
    this.#emitMerged()
    this.fail(error)
  }

  #problemWith(chunk: unknown): FormatError | undefined {
    if (!isAudioChunk(chunk))
      return new FormatError(
        'ChannelTranscriber takes AudioChunks: put a Decoder in front of it',
      )
    const { length } = chunk.channels
    this.#merge ??= this.#openAll(length)
    return length === this.#pipelines.length
      ? undefined
      : new FormatError(
          `the number of channels changes, from ${this.#pipelines.length} to ${length}`,
        )
  }

  #openAll(count: number): ChannelMerge {
    for (let channel = 1; channel < count; channel++) this.#open(channel)
    if (count === 1)
      this.emit('warning', {
        code: 'VOX_FORMAT',
        message:
          'the audio has only one channel, so it cannot be split by speaker; ' +
          'it is transcribed as it is',
      })
    return new ChannelMerge(count)
  }

  async #write({ channels, ...chunk }: AudioChunk): Promise<void> {
    await Promise.all(
      this.#pipelines.map((pipeline, channel) =>
        pipeline.write({ ...chunk, channels: [channels[channel]!] }),
      ),
    )
  }

  #isFirstToWarn(channel: number, code: string): boolean {
    const by = this.#warned.get(code) ?? channel
    this.#warned.set(code, by)
    return by === channel
  }

  #onEvent(channel: number, event: TranscriptEvent): void {
    if (event.type === 'start') {
      if (!this.#started) this.push(event)
      this.#started = true
    } else if (event.type === 'end') this.#onEnd(channel, event)
    else if (event.type === 'warning') {
      if (this.#isFirstToWarn(channel, event.code)) this.push(event)
    } else if (this.#pipelines.length === 1) this.push(event)
    else if (event.type === 'gap') this.#add(channel, event)
    else {
      const named = { ...event, turn: `${channel}:${event.turn}` }
      if (named.type === 'final') {
        const { names = [] } = this.#options
        const speaker = names[channel] ?? `Channel ${channel + 1}`
        this.#add(channel, { speaker, ...named })
      } else this.push({ ...named, channel })
    }
  }

  #add(channel: number, event: FinalOrGap): void {
    const { order = 'time' } = this.#options
    if (order === 'channel') this.push({ ...event, channel })
    else this.#merge?.add(channel, event)
  }

  #onEnd(channel: number, { duration, complete, usage }: EndEvent): void {
    this.#duration = Math.max(this.#duration, duration)
    this.#complete &&= complete
    this.#usage = addUsage(this.#usage, usage)
    this.#merge?.settle(channel, Infinity)
  }

  #emitMerged(): void {
    if (!this.#merge || this.destroyed) return
    for (const [channel, pipeline] of this.#pipelines.entries())
      this.#merge.settle(channel, pipeline.settled)
    for (const event of this.#merge.take()) this.push(event)
  }
}

export type FinalOrGap = FinalEvent | GapEvent

type ChannelState = {
  readonly channel: number
  /** Events that wait for other channels. */
  readonly waiting: FinalOrGap[]
  /** Further events begin at or after this time, in ms. */
  settled: number
}

const isSameGap = (a: FinalOrGap | undefined, b: GapEvent): boolean =>
  a?.type === 'gap' &&
  a.start === b.start &&
  a.end === b.end &&
  a.reason === b.reason

/**
 * Merges the finals and gaps of several channels in order of their start, then
 * of their channel. An event waits until all channels are past its start. A gap
 * that all channels have is emitted once, without a channel.
 */
export class ChannelMerge {
  readonly #channels: readonly ChannelState[]

  constructor(count: number) {
    this.#channels = Array.from({ length: count }, (_, channel) => ({
      channel,
      waiting: [],
      settled: 0,
    }))
  }

  add(channel: number, event: FinalOrGap): void {
    this.#channels[channel]!.waiting.push(event)
    this.settle(channel, event.end)
  }

  /** Sets the progress of a channel, in ms; Infinity at its end. */
  settle(channel: number, ms: number): void {
    const state = this.#channels[channel]!
    state.settled = Math.max(state.settled, ms)
  }

  /** Removes and returns the events whose order is certain. */
  take(): FinalOrGap[] {
    const taken: FinalOrGap[] = []
    for (let next = this.#next(); next; next = this.#next()) taken.push(next)
    return taken
  }

  #next(): FinalOrGap | undefined {
    let first: ChannelState | undefined
    for (const state of this.#channels) {
      const start = state.waiting[0]?.start ?? Infinity
      if (start < (first?.waiting[0]?.start ?? Infinity)) first = state
    }
    const next = first?.waiting[0]
    if (!first || !next) return undefined
    const isCertain = this.#channels.every(
      ({ waiting, settled }) => waiting.length > 0 || settled > next.start,
    )
    if (!isCertain) return undefined
    const isEverywhere =
      next.type === 'gap' &&
      this.#channels.every(({ waiting }) => isSameGap(waiting[0], next))
    if (!isEverywhere)
      return { ...first.waiting.shift()!, channel: first.channel }
    for (const { waiting } of this.#channels) waiting.shift()
    return next
  }
}
