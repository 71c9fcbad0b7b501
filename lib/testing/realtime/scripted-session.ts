import { rateOf, SHORTEST_TURN_MS } from '../../openai/wire/client-event.ts'
import { piecesOf } from '../../openai/wire/answers.ts'
import { servedModel } from '../../openai/wire/openai-models.ts'
import { SampleBuffer } from '../../recognizers/audio-run.ts'
import type {
  CommitHandlers,
  SpeechSession,
} from '../../recognizers/speech-session.ts'
import type { HookedSessionOptions } from '../../server/realtime/session-hooks.ts'
import { s16Of } from '../number-code.ts'
import type { SpeechServerState, Timers } from '../speech-server-state.ts'
import { EnergyDetector, type SpeechMark } from './energy-detector.ts'

/** Shared by a {@link ScriptedSession} and its connection. */
export type ScriptedSessionHost = {
  readonly state: SpeechServerState
  readonly timers: Timers
  /** The turn that was just committed, if any. */
  nextTurn(): NumberedTurn | undefined
}

export type NumberedTurn = {
  /** Counted from 1, over the whole server. */
  readonly number: number
  readonly fails: boolean
}

/** An uncommitted turn. */
type Turn = {
  readonly name: string
  /** How many of its samples had arrived when. */
  readonly arrived: { readonly length: number; readonly at: number }[]
  /** Text that a live model has sent. */
  sent: string
  committed: boolean
}

/**
 * Transcribes a Realtime session with the option `transcribe`, at the client's
 * rate: committed turns or, for a live model, turns in progress.
 */
export class ScriptedSession implements SpeechSession {
  readonly #options: HookedSessionOptions
  readonly #host: ScriptedSessionHost
  readonly #rate: number
  readonly #detector: EnergyDetector | undefined
  readonly #buffer = new SampleBuffer()
  /** Place of the first sample in the source. */
  #base: number | undefined
  /** Place of the first uncommitted sample in the buffer. */
  #start = 0
  #turn: Turn
  #count = 0
  #processed = 0
  #isProcessing = false

  constructor(options: HookedSessionOptions, host: ScriptedSessionHost) {
    const { format, turn_detection } = options.config().audio.input
    this.#options = options
    this.#host = host
    this.#rate = rateOf(format)
    if (turn_detection)
      this.#detector = new EnergyDetector(turn_detection, this.#rate)
    this.#turn = this.#newTurn()
  }

  prepare(): void {}

  async push(samples: Float32Array, offset: number): Promise<void> {
    this.#base ??= offset
    this.#buffer.append(samples)
    const detector = this.#detector
    for (const mark of detector?.push(samples) ?? []) this.#onMark(mark)
    if (detector && !detector.speaking) this.#take(detector.keepFrom)
    if (this.#model?.realtime === 'live') this.#runLiveModel()
  }

  async process(): Promise<void> {}

  async commit({ before, after }: CommitHandlers = {}): Promise<void> {
    before?.()
    const ms = (this.#length / this.#rate) * 1_000
    if (ms < SHORTEST_TURN_MS) return after?.(undefined)
    const turn = this.#turn
    after?.(turn.name)
    this.#detector?.reset()
    this.#transcribe(turn, this.#take(this.#buffer.end))
  }

  async clear(): Promise<void> {
    this.#take(this.#buffer.end)
    this.#detector?.reset()
    this.#turn = this.#newTurn()
  }

  async drainUncommitted(): Promise<Float32Array<ArrayBuffer>> {
    const rest = this.#take(this.#buffer.end)
    this.#turn = this.#newTurn()
    return rest
  }

  async end(): Promise<void> {}

  get settled(): number {
    return this.#msOf(this.#start)
  }

  get #model() {
    const { transcription } = this.#options.config().audio.input
    return servedModel(transcription?.model ?? '')
  }

  get #length(): number {
    return this.#buffer.end - this.#start
  }

  /** Time of a place in the buffer, on the clock of the source. */
  #msOf(place: number): number {
    return (((this.#base ?? 0) + place) / this.#rate) * 1_000
  }

  #newTurn(): Turn {
    // A live model may still be working on the previous turn.
    if (this.#turn) this.#turn.committed = true
    this.#processed = 0
    this.#isProcessing = false
    const name = `turn-${++this.#count}`
    return { name, arrived: [], sent: '', committed: false }
  }

  /** Removes and returns the samples before a place. */
  #take(place: number): Float32Array<ArrayBuffer> {
    const end = Math.max(this.#start, Math.min(place, this.#buffer.end))
    const samples = this.#buffer.slice(this.#start, end)
    this.#buffer.dropBefore(end)
    this.#start = end
    return samples
  }

  #onMark(mark: SpeechMark): void {
    const { onEvent, plan } = this.#options
    const turn = this.#turn
    const place = Math.max(mark.at, this.#start)
    const { prefixPaddingMs, silenceDurationMs } = plan.turns!
    if (mark.type === 'started') {
      this.#take(place)
      const at = this.#msOf(place) + prefixPaddingMs
      return onEvent({ type: 'speech-start', turn: turn.name, at })
    }
    const at = this.#msOf(place) - silenceDurationMs
    onEvent({ type: 'speech-end', turn: turn.name, at })
    this.#transcribe(turn, this.#take(place))
  }

  #runLiveModel(): void {
    const { state } = this.#host
    const turn = this.#turn
    turn.arrived.push({ length: this.#length, at: performance.now() })
    const least = Math.ceil((state.options.liveMs * this.#rate) / 1_000)
    if (this.#isProcessing || this.#length - this.#processed < least) return
    this.#processed = this.#length
    this.#isProcessing = true
    const audio = this.#buffer.slice(this.#start, this.#buffer.end)
    this.#textOf(audio, state.turns + 1, text => {
      if (turn.committed) return
      this.#isProcessing = false
      if (text !== undefined) this.#sendKnown(turn, text)
    })
  }

  /** Sends all words but the last, which may be incomplete. */
  #sendKnown(turn: Turn, text: string): void {
    const known = piecesOf(text).slice(0, -1).join('')
    if (!known.startsWith(turn.sent)) return
    const fresh = known.slice(turn.sent.length)
    turn.sent = known
    for (const piece of piecesOf(fresh)) this.#delta(turn, piece)
  }

  #delta({ name: turn }: Turn, text: string): void {
    this.#options.onEvent({ type: 'delta', turn, text })
  }

  /** Transcribes a turn after its `committed` events. */
  #transcribe(turn: Turn, audio: Float32Array): void {
    this.#turn = this.#newTurn()
    const { onEvent, signal } = this.#options
    if (signal.aborted) return
    const { state, timers } = this.#host
    const committed = this.#host.nextTurn()
    const model = this.#model
    if (!committed || !model) return
    const { number, fails } = committed
    const isLive = model.realtime === 'live'
    const input = isLive ? audio.subarray(0, this.#processedBy(turn)) : audio
    this.#textOf(input, number, text => {
      if (text === undefined) return this.#fail(turn)
      timers.after(state.options.answerMs(number), () => {
        if (fails) return this.#fail(turn)
        const isRest = isLive && text.startsWith(turn.sent)
        timers.spaced(
          piecesOf(isRest ? text.slice(turn.sent.length) : ''),
          state.options.deltaMs(number),
          piece => this.#delta(turn, piece),
          () =>
            onEvent({ type: 'final', turn: turn.name, text, start: 0, end: 0 }),
        )
      })
    })
  }

  /** Samples of a turn that a live model, which lags behind, has processed. */
  #processedBy({ arrived }: Turn): number {
    const { liveLagMs } = this.#host.state.options
    if (liveLagMs === 0) return Infinity
    const by = performance.now() - liveLagMs
    return arrived.findLast(({ at }) => at <= by)?.length ?? 0
  }

  #fail(turn: Turn): void {
    this.#options.onTurnFailed(turn.name)
  }

  /** Calls `transcribe`; `then` gets undefined if it fails. */
  #textOf(
    samples: Float32Array,
    turn: number,
    then: (text: string | undefined) => void,
  ): void {
    const { transcription } = this.#options.config().audio.input
    let text: string | Promise<string>
    try {
      text = this.#host.state.options.transcribe(s16Of(samples), {
        via: 'realtime',
        sampleRate: this.#rate,
        model: transcription?.model ?? '',
        turn,
        settings: { ...transcription },
      })
    } catch {
      return then(undefined)
    }
    if (typeof text === 'string') return then(text)
    void text.then(then, () => then(undefined))
  }
}
