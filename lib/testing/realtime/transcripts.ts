import type { TranscriptFault } from '../faults.ts'
import { type ServedModel, servedModel } from '../../openai/wire/wire-models.ts'
import {
  STAND_IN_LOGPROB,
  languagesOf,
  logprobsOf,
  piecesOf,
  usageOf,
} from '../../openai/wire/spoken-text.ts'
import type { Timers } from '../timers.ts'
import type { LiveText } from './live-text.ts'
import {
  type ServerEvent,
  completed,
  delta as deltaEvent,
  transcriptionFailed,
} from '../../openai/wire/server-event.ts'
import type { RealtimeSession } from './session.ts'
import type { TranscriptionSettings } from '../../openai/wire/session-config.ts'
import { rateOf } from '../../openai/wire/wire-audio.ts'

/** A turn that was committed. */
export type CommittedTurn = {
  readonly id: string
  readonly audio: Int16Array
  readonly faults: readonly TranscriptFault[]
  /** What was already said of it, by a model that does not wait. */
  readonly live: LiveText | undefined
}

type Answer = {
  readonly turn: CommittedTurn
  readonly number: number
  readonly text: string
  readonly name: string
  readonly model: ServedModel
  readonly settings: TranscriptionSettings
  readonly sampleRate: number
  readonly logprobs: boolean
}

/** The transcripts of a session's turns, each at its own pace. */
export class Transcripts {
  readonly #session: RealtimeSession
  readonly #timers: Timers
  /** Sends a completion that was held back. */
  #held: (() => void) | undefined

  constructor(session: RealtimeSession, timers: Timers) {
    this.#session = session
    this.#timers = timers
  }

  /** How far a live model is behind, in ms. */
  get lagMs(): number {
    return this.#session.state.options.liveLagMs
  }

  /** Samples between two looks of a live model. */
  get liveSamples(): number {
    const rate = rateOf(this.#session.config.audio.input.format)
    return Math.ceil((this.#session.state.options.liveMs * rate) / 1_000)
  }

  /**
   * Recognises audio of a turn; what is known at once is told at once.
   * Undefined: it failed.
   */
  hear(
    audio: Int16Array,
    turn: number,
    then: (text: string | undefined) => void,
  ): void {
    const { options } = this.#session.state
    const { format, transcription } = this.#session.config.audio.input
    let heard: string | Promise<string>
    try {
      heard = options.hear(audio, {
        via: 'realtime',
        sampleRate: rateOf(format),
        model: transcription?.model ?? '',
        turn,
        settings: { ...transcription },
      })
    } catch {
      return then(undefined)
    }
    if (typeof heard === 'string') return then(heard)
    void heard.then(then, () => then(undefined))
  }

  /** Turns of the whole server so far. */
  get turns(): number {
    return this.#session.state.turns
  }

  delta(id: string, delta: string, logprobs = false): void {
    const logprob = logprobs ? STAND_IN_LOGPROB : undefined
    this.#session.outbox.send(deltaEvent(id, delta, logprob))
  }

  /** Answers a turn, if there is a model to do it. */
  begin(turn: CommittedTurn): void {
    const number = this.#session.state.nextTurn()
    const { config, state } = this.#session
    const settings = config.audio.input.transcription
    const name = settings?.model
    const model = servedModel(name ?? '')
    if (!settings || name === undefined || !model) return
    const facts = {
      turn,
      number,
      name,
      model,
      settings,
      sampleRate: rateOf(config.audio.input.format),
      logprobs: model.logprobs && config.include !== null,
    }
    const audio = turn.live?.heardOf(turn.audio) ?? turn.audio
    this.hear(audio, number, text =>
      text === undefined
        ? this.#fail(turn.id)
        : this.#timers.after(state.options.answerMs(number), () =>
            this.#answer({ ...facts, text }),
          ),
    )
  }

  #answer(answer: Answer): void {
    const { turn, number, name, text, logprobs } = answer
    if (turn.faults.includes('fail-transcription')) return this.#fail(turn.id)
    const rest = turn.live ? turn.live.restOf(text) : text
    const pieces = name === 'whisper-1' ? [text] : piecesOf(rest)
    const wait = this.#session.state.options.deltaMs(number)
    const from = (first: number): void => {
      for (let i = first; i < pieces.length; i++) {
        if (pieces[i] !== '') this.delta(turn.id, pieces[i]!, logprobs)
        if (wait > 0) return this.#timers.after(wait, () => from(i + 1))
      }
      this.#complete(answer)
    }
    from(0)
  }

  #fail(id: string): void {
    this.#session.outbox.send(transcriptionFailed(id))
  }

  #complete(answer: Answer): void {
    const { faults } = answer.turn
    const event = completionOf(answer)
    if (faults.includes('drop-completed')) return
    if (faults.includes('malform-completed'))
      return this.#session.outbox.sendHalf(event)
    const send = () => this.#session.outbox.send(event)
    if (faults.includes('reorder-completed') && !this.#held)
      return this.#hold(send)
    send()
    if (faults.includes('duplicate-completed')) send()
    this.#held?.()
  }

  #hold(send: () => void): void {
    const release = () => {
      if (this.#held !== release) return
      this.#held = undefined
      send()
    }
    this.#held = release
    this.#timers.after(this.#session.state.options.holdMs, release)
  }
}

const completionOf = (answer: Answer): ServerEvent => {
  const { turn, text, model, settings, sampleRate, logprobs } = answer
  return completed(turn.id, text, {
    usage: usageOf(model, turn.audio.length / sampleRate, text),
    ...(model.languages && { languages: languagesOf(settings.languages) }),
    ...(logprobs && { logprobs: logprobsOf(piecesOf(text)) }),
  })
}
