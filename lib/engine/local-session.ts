import type {
  FinalEvent,
  GapEvent,
  TranscriptEvent,
} from '../core/transcript-event.ts'
import type { EnginePool } from './engine-pool.ts'
import { framePowers } from './frame-powers.ts'
import { textOf } from './heard-words.ts'
import type { Latency } from './latency.ts'
import { LiveTurn } from './live-turn.ts'
import { SampleBuffer } from './sample-buffer.ts'
import { VAD_FRAME, type VadState } from './silero.ts'
import {
  TurnSegmenter,
  type TurnOptions,
  type TurnSignal,
} from './turn-segmenter.ts'
import { timedWords } from './word-times.ts'

const SAMPLES_PER_MS = 16
/**
 * Most audio that one voice-activity job takes: 16 s, more than a turn, so
 * that the next turn is found before the workers are done with the last.
 */
const MAX_DETECT = 500 * VAD_FRAME

/** A live hypothesis that takes longer than this is worth a warning. */
const SLOW_MS = 1_500

/** Options of {@link LocalSession}. */
export type LocalSessionOptions = {
  readonly pool: EnginePool
  readonly turns: TurnOptions
  /** Shows the text of a turn while it is open, so early. */
  readonly latency?: Latency
  /** Called with each event, in order. */
  readonly onEvent: (event: TranscriptEvent) => void
  /** Called when a turn could not be recognised; nothing comes after it. */
  readonly onError: (error: Error) => void
  /** Ends all work when aborted. */
  readonly signal: AbortSignal
}

/**
 * One source's way through the engine: 16 kHz samples in, events out. Voice
 * activity runs over the audio in order; the turns it finds are recognised as
 * many at a time as the pool has workers, and come out in order.
 */
export class LocalSession {
  readonly #pool: EnginePool
  readonly #turns: TurnOptions
  readonly #onEvent: (event: TranscriptEvent) => void
  readonly #onError: (error: Error) => void
  readonly #signal: AbortSignal
  readonly #latency: Latency | undefined
  readonly #maxPending: number
  #buffer = new SampleBuffer()
  #segmenter: TurnSegmenter
  #state: VadState | undefined
  /** The turn that is open, in live speech. */
  #live: LiveTurn | undefined
  /** Since when hypotheses are expected in time; never, once it was told. */
  #punctualFrom = Infinity
  /** Sample of the source at which the present stretch began. */
  #base = 0
  /** Samples of the present stretch that voice activity has seen. */
  #seen = 0
  /** Turns of the stretches before this one. */
  #turnBase = 0
  #turnCount = 0
  readonly #pending: Promise<void>[] = []
  /** Where the finals and gaps begin that are not out yet, in ms. */
  readonly #coming: number[] = []
  /** The last step of the input's side: detection. */
  #input: Promise<void> = Promise.resolve()
  /** The last step of the output's side: finals and gaps. */
  #last: Promise<void> = Promise.resolve()
  #gaps = false

  constructor(options: LocalSessionOptions) {
    const { pool, turns, latency } = options
    this.#pool = pool
    this.#turns = turns
    this.#latency = latency
    this.#onEvent = options.onEvent
    this.#onError = options.onError
    this.#signal = options.signal
    // One turn for each worker, and one ready for each when it is done.
    this.#maxPending = 2 * pool.size
    this.#segmenter = this.#newSegmenter()
  }

  /** Has the engine ready before somebody speaks, in live speech. */
  prepare(): void {
    if (this.#latency === undefined) return
    this.#pool.warmUp().then(
      () => (this.#punctualFrom = performance.now()),
      () => {}, // the first turn meets it too
    )
  }

  /**
   * Takes the next samples of the source. Resolves when more are welcome: a
   * source that is faster than the engine has to wait here.
   *
   * @param samples mono, 16 kHz; copied
   * @param offset index of the first of them in the source; a jump forward is
   *   a gap and closes the open turn
   */
  push(samples: Float32Array, offset: number): Promise<void> {
    return this.#afterwards(async () => {
      const expected = this.#base + this.#buffer.end
      if (offset > expected) await this.#jump(expected, offset)
      this.#buffer.append(samples)
      while (this.#buffer.end - this.#seen >= MAX_DETECT)
        await this.#detect(MAX_DETECT)
    })
  }

  /**
   * Looks at all whole frames that have come. Detection costs less in large
   * steps, so a session waits for {@link MAX_DETECT} samples by itself; this
   * is for when no more are at hand.
   */
  advance(): Promise<void> {
    return this.#afterwards(() => this.#detectRest())
  }

  /** Recognises what is left and resolves when the last event is out. */
  end(): Promise<void> {
    return this.#afterwards(async () => {
      const duration = (this.#base + this.#buffer.end) / SAMPLES_PER_MS
      await this.#close()
      await this.#last
      this.#onEvent({ type: 'end', duration, complete: !this.#gaps })
    })
  }

  /** No final or gap that is not out yet begins before this, in ms. */
  get settled(): number {
    return Math.min(...this.#coming, this.#ms(this.#segmenter.earliest))
  }

  /** Runs a step of the input's side after all before it. */
  #afterwards(step: () => Promise<void>): Promise<void> {
    const done = this.#input.then(step)
    this.#input = done
    done.catch(() => {}) // whoever called gets it
    return done
  }

  /** Closes the stretch that lies before a gap, and starts one after it. */
  async #jump(from: number, to: number): Promise<void> {
    const start = from / SAMPLES_PER_MS
    this.#coming.push(start)
    await this.#close()
    this.#gaps = true
    this.#inOrder(() =>
      this.#come({
        type: 'gap',
        start,
        end: to / SAMPLES_PER_MS,
        reason: 'the source has no audio here',
      }),
    )
    this.#base = to
    this.#seen = 0
    this.#turnBase = this.#turnCount
    this.#state = undefined
    this.#buffer = new SampleBuffer()
    this.#segmenter = this.#newSegmenter()
  }

  async #close(): Promise<void> {
    const rest = (this.#buffer.end - this.#seen) % VAD_FRAME
    const end = this.#buffer.end
    if (rest > 0) this.#buffer.append(new Float32Array(VAD_FRAME - rest))
    await this.#detectRest()
    for (const signal of this.#segmenter.end()) await this.#take(signal, end)
  }

  async #detectRest(): Promise<void> {
    const waiting = this.#buffer.end - this.#seen
    const whole = waiting - (waiting % VAD_FRAME)
    if (whole > 0) await this.#detect(whole)
  }

  async #detect(length: number): Promise<void> {
    const samples = this.#buffer.slice(this.#seen, this.#seen + length)
    const powers = framePowers(samples)
    const { probabilities, state } = await this.#pool.detect(
      samples,
      this.#state,
      this.#signal,
    )
    this.#state = state
    this.#seen += length
    for (const [i, power] of powers.entries())
      for (const signal of this.#segmenter.push(probabilities[i]!, power))
        await this.#take(signal, Infinity)
    const { open, needed } = this.#segmenter
    if (open) this.#live?.advance(open, this.#buffer.end)
    this.#buffer.dropBefore(Math.min(needed, this.#seen))
  }

  /** @param limit sample at which the stretch really ends, without padding */
  async #take(signal: TurnSignal, limit: number): Promise<void> {
    if (signal.type === 'start') {
      const turn = this.#name(signal.index)
      this.#onEvent({ type: 'speech-start', turn, at: this.#ms(signal.at) })
      this.#live = this.#newLiveTurn(turn)
      return
    }
    const { turn } = signal
    const base = this.#base / SAMPLES_PER_MS
    const start = base + turn.start / SAMPLES_PER_MS
    this.#coming.push(start)
    this.#turnCount++
    const end = Math.min(turn.end, limit)
    const name = this.#name(turn.index)
    this.#onEvent({ type: 'speech-end', turn: name, at: this.#ms(end) })
    const live = this.#live
    this.#live = undefined
    const to = Math.min(turn.to, limit)
    const recognition = live
      ? live.close(turn, limit)
      : this.#pool.recognize(this.#buffer.slice(turn.from, to), turn.spoken, {
          signal: this.#signal,
        })
    recognition.catch(() => {}) // it is awaited in order, below
    const at = this.#ms(Math.max(to, live?.shownTo ?? 0))
    this.#inOrder(async () => {
      const heard = await recognition
      const rest = live?.rest(heard) ?? ''
      if (rest !== '')
        this.#onEvent({ type: 'delta', turn: name, text: rest, at })
      this.#come({
        type: 'final',
        turn: name,
        text: textOf(heard.words),
        start,
        end: base + end / SAMPLES_PER_MS,
        words: timedWords(heard.words, { ...turn, end }, base),
      })
    })
    if (this.#pending.length >= this.#maxPending) await this.#pending[0]
  }

  #newSegmenter(): TurnSegmenter {
    return new TurnSegmenter(this.#turns, this.#latency !== undefined)
  }

  #newLiveTurn(turn: string): LiveTurn | undefined {
    if (this.#latency === undefined) return undefined
    const [buffer, base] = [this.#buffer, this.#base]
    return new LiveTurn({
      pool: this.#pool,
      latency: this.#latency,
      audio: (from, to) => buffer.slice(from, to),
      onText: (text, at) =>
        this.#onEvent({
          type: 'delta',
          turn,
          text,
          at: (base + at) / SAMPLES_PER_MS,
        }),
      onHeard: begun => this.#checkLag(begun),
      onError: this.#onError,
      signal: this.#signal,
    })
  }

  #checkLag(begun: number): void {
    const lag = performance.now() - begun
    if (begun < this.#punctualFrom || lag < SLOW_MS) return
    this.#punctualFrom = Infinity
    this.#onEvent({
      type: 'warning',
      code: 'VOX_LIVE_BEHIND',
      message:
        `this machine is too busy for live text: it comes ${(lag / 1_000).toFixed(1)} s late, ` +
        'but nothing is lost; fewer streams or the model tiny need less',
    })
  }

  /** A final or a gap that was expected is there. */
  #come(event: FinalEvent | GapEvent): void {
    this.#coming.splice(this.#coming.indexOf(event.start), 1)
    this.#onEvent(event)
  }

  /** Runs a step after all steps before it. */
  #inOrder(step: () => void | Promise<void>): void {
    const done = this.#last.then(step)
    this.#last = done
    this.#pending.push(done)
    done.then(() => void this.#pending.shift(), this.#onError)
  }

  #name(index: number): string {
    return `turn-${this.#turnBase + index + 1}`
  }

  /** Place of a sample of this stretch in the source, in ms. */
  #ms(sample: number): number {
    return (this.#base + sample) / SAMPLES_PER_MS
  }
}
