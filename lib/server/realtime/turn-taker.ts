import type { TranscriptEvent } from '../../core/transcript-event.ts'
import { newId } from '../../openai/wire/ids.ts'
import {
  SHORTEST_TURN_MS,
  commitEmpty,
} from '../../openai/wire/client-event.ts'
import {
  delta,
  speechStarted,
  speechStopped,
} from '../../openai/wire/server-event.ts'
import type { SessionConfig } from '../../openai/wire/session-config.ts'
import { serverError } from '../../openai/wire/service-error.ts'
import type { ServerContext } from '../context.ts'
import { StallTimer } from '../stall-timer.ts'
import { answerForm } from './answer.ts'
import { Hearing, type HearingListener } from './hearing.ts'
import { type HearingPlan, isSamePlan, planOf } from './hearing-plan.ts'
import { InputAudio, SAMPLES_PER_MS } from './input-audio.ts'
import { type Item, Items, type Said } from './items.ts'
import type { Outbox } from './outbox.ts'

/**
 * Whoever finds turns by themselves stops sending in a pause, and commits
 * once it has lasted; when nothing has come for so long, in ms, the turn's
 * final is begun.
 */
const PAUSE_MS = 60

/** After a failure of the engine, it is left alone for so long, in ms. */
const RETRY_MS = 1_000

/** Cuts the audio of a session into turns, by its settings, and answers them. */
export class TurnTaker implements HearingListener {
  readonly #context: ServerContext
  readonly #outbox: Outbox
  readonly #items: Items
  readonly #hearings = new Set<Hearing>()
  #config: SessionConfig
  #audio: InputAudio
  /** The one that hears what comes; none before there was any audio. */
  #hearing: Hearing | undefined
  /** The turn that is open, once something was said of it. */
  #open: Item | undefined
  /** All that came, in ms. */
  #receivedMs = 0
  /** All that the engine was given, in its samples. */
  #position = 0
  /** What came before belongs to a turn or to none. */
  #takenMs = 0
  /** Where the last turn's speech ended. */
  #spokenMs = 0
  /** Whether the client ends a turn right now. */
  #committing = false
  /** Whether audio of the next turn was lost with the engine. */
  #spoiled = false
  /** What was said in the next turn to engines that hear it no more. */
  #before: Promise<readonly Said[]>[] = []
  #retryAt = 0
  readonly #pause = new StallTimer(PAUSE_MS, () => void this.#foresee())
  #advancing = false
  #again = false
  #closed = false

  constructor(context: ServerContext, outbox: Outbox, config: SessionConfig) {
    this.#context = context
    this.#outbox = outbox
    this.#config = config
    this.#items = new Items(outbox, context.metrics)
    this.#audio = new InputAudio(config.audio.input.format)
    if (this.#planOf(config).recognises) this.#listen()
  }

  #planOf(config: SessionConfig): HearingPlan {
    return planOf(config, this.#context.engines)
  }

  /** How long so many bytes of audio are, in ms. */
  msOf(bytes: number): number {
    return this.#audio.msOf(bytes)
  }

  /** Takes audio; resolves when the engine has it. */
  async append(bytes: Buffer): Promise<void> {
    this.#pause.touch()
    // By the second: what is long waits as it came, not as samples.
    const portion = 2 * this.#audio.rate
    for (let at = 0; at < bytes.length; at += portion) {
      const part = bytes.subarray(at, at + portion)
      const { samples, ms } = this.#audio.push(part)
      this.#receivedMs += ms
      await this.#hear(samples)
    }
  }

  /** No more audio is at hand: what has come is looked at. */
  advance(): void {
    this.#again = true
    if (!this.#advancing) void this.#advance()
  }

  /**
   * Goes on with other settings, once all that came is looked at.
   */
  async configure(config: SessionConfig): Promise<void> {
    const { format } = config.audio.input
    if (format.type !== this.#config.audio.input.format.type) {
      await this.#flush()
      this.#audio = new InputAudio(format)
    }
    const old = this.#hearing
    if (!old || isSamePlan(old.plan, this.#planOf(config))) {
      await this.#ask(old, ({ session }) => session.process())
      this.#config = config
    } else {
      const rest = await this.#ask(old, ({ session }) =>
        session.drainUncommitted(),
      )
      this.#config = config
      this.#hearing = undefined
      old.disown(this.#open)
      this.#before.push(this.#retire(old))
      if (rest && rest.length > 0) {
        this.#position -= rest.length
        this.#takenMs = this.#receivedMs - rest.length / SAMPLES_PER_MS
        await this.#hear(rest)
      }
    }
    if (this.#planOf(config).recognises) this.#listen()
  }

  /**
   * The client ends a turn.
   *
   * @param eventId of the event by which it does
   */
  async commit(eventId: string | null): Promise<void> {
    this.#pause.stop()
    const refuse = (ms: number): void =>
      this.#outbox.error(commitEmpty(ms), eventId)
    const found = this.#planOf(this.#config).turns
    if (!found && this.#uncommittedMs < SHORTEST_TURN_MS)
      return refuse(this.#uncommittedMs)
    await this.#flush()
    let told = false
    const before = (): void => {
      this.#committing = this.#open !== undefined
    }
    const after = (hearing: Hearing, turn: string | undefined): void => {
      told = true
      const ended = this.#committing && !this.#open
      this.#committing = false
      if (ended) return
      const most = found && !this.#open ? found.prefixPaddingMs : Infinity
      const ms = Math.min(this.#uncommittedMs, most)
      if (ms < SHORTEST_TURN_MS && !this.#open) return refuse(ms)
      const item = this.#commit(this.#open ?? this.#newItem(ms))
      if (turn !== undefined) hearing.items.set(turn, item)
      if (this.#spoiled) this.#items.fail(item)
      else if (turn === undefined) this.#items.complete(item, { text: '' })
      this.#spoiled = false
    }
    await this.#ask(this.#listen(), hearing =>
      hearing.session.commit({ before, after: turn => after(hearing, turn) }),
    )
    if (!told) this.#commitLost(eventId)
  }

  /** The client wants what it sent forgotten. */
  async clear(): Promise<void> {
    await this.#flush()
    await this.#ask(this.#hearing, ({ session }) => session.clear())
    this.#hearing?.disown(this.#open)
    this.#beginAnew()
    this.#outbox.send({ type: 'input_audio_buffer.cleared' })
  }

  /** Resolves when every turn that was committed has its transcript. */
  settled(): Promise<void> {
    return this.#items.settled()
  }

  /** Nobody is there any more. */
  close(): void {
    this.#closed = true
    this.#pause.stop()
    for (const hearing of this.#hearings) hearing.abort()
    this.#hearings.clear()
    this.#hearing = undefined
  }

  readonly onEvent = (hearing: Hearing, event: TranscriptEvent): void => {
    switch (event.type) {
      case 'speech-start':
        return this.#start(hearing, event.turn, event.at)
      case 'speech-end':
        return this.#stop(hearing, event.at)
      case 'delta': {
        let item = hearing.items.get(event.turn)
        if (!item && hearing !== this.#hearing) return
        item ??= this.#openItem()
        hearing.items.set(event.turn, item)
        if (!item.isOver) this.#outbox.send(delta(item.id, event.text))
        return
      }
      case 'final': {
        const item = hearing.items.get(event.turn)
        hearing.items.delete(event.turn)
        if (item) this.#items.complete(item, event)
        else hearing.unclaimed.push(event)
      }
    }
  }

  readonly onError = (hearing: Hearing): void => {
    if (this.#closed || !this.#hearings.delete(hearing)) return
    hearing.abort()
    for (const item of hearing.items.values()) this.#items.fail(item)
    if (hearing === this.#hearing) {
      this.#hearing = undefined
      this.#retryAt = performance.now() + RETRY_MS
      if (!hearing.plan.turns) this.#spoiled = this.#uncommittedMs > 0
      else if (this.#open) {
        const { id } = this.#open
        if (!this.#committing)
          this.#outbox.send(speechStopped(id, this.#receivedMs))
        this.#items.fail(this.#commit(this.#open))
      }
      this.#committing = false
    }
    this.#outbox.error(serverError)
  }

  /** Audio that belongs to no turn that was committed, in ms. */
  get #uncommittedMs(): number {
    return Math.round((this.#receivedMs - this.#takenMs) * 1_000) / 1_000
  }

  #newItem(ms: number): Item {
    return { id: newId('item'), start: this.#receivedMs - ms }
  }

  /** The turn that the client will commit. */
  #openItem(): Item {
    this.#open ??= this.#newItem(this.#uncommittedMs)
    return this.#open
  }

  #start(hearing: Hearing, turn: string, at: number): void {
    const { prefixPaddingMs } = hearing.plan.turns!
    if (!this.#open) {
      const start = Math.max(at - prefixPaddingMs, this.#spokenMs)
      this.#open = { id: newId('item'), start }
      this.#outbox.send(speechStarted(this.#open.id, start))
    }
    hearing.items.set(turn, this.#open)
  }

  #stop(hearing: Hearing, at: number): void {
    const item = this.#open
    if (!item) return
    if (this.#committing) return void this.#commit(item)
    const end = at + hearing.plan.turns!.silenceDurationMs
    this.#outbox.send(speechStopped(item.id, Math.min(end, this.#receivedMs)))
    this.#commit(item, Math.min(end, this.#receivedMs), at)
  }

  /** The open turn is whole. */
  #commit(item: Item, end = this.#receivedMs, spoken = end): Item {
    if (this.#before.length > 0) item.before = this.#before.splice(0)
    this.#items.commit(
      item,
      end,
      answerForm(this.#config, this.#context.engines),
    )
    this.#open = undefined
    this.#takenMs = end
    this.#spokenMs = spoken
    return item
  }

  /** The client ends a turn of which the engine has lost audio. */
  #commitLost(eventId: string | null): void {
    if (this.#planOf(this.#config).turns)
      return this.#outbox.error(serverError, eventId)
    this.#items.fail(this.#commit(this.#openItem()))
    this.#spoiled = false
  }

  #beginAnew(): void {
    this.#before = []
    this.#open = undefined
    this.#spoiled = false
    this.#takenMs = this.#receivedMs
    this.#spokenMs = this.#receivedMs
  }

  /** Gives the engine what is left in the resampler. */
  #flush(): Promise<void> {
    return this.#hear(this.#audio.end())
  }

  async #hear(samples: Float32Array): Promise<void> {
    if (samples.length === 0) return
    const at = this.#position
    this.#position += samples.length
    const hearing = this.#listen()
    if (!hearing) this.#spoiled = !this.#planOf(this.#config).turns
    await this.#ask(hearing, ({ session }) => session.push(samples, at))
  }

  /** Asks something of the engine, which may fail. */
  async #ask<T>(
    hearing: Hearing | undefined,
    what: (hearing: Hearing) => Promise<T>,
  ): Promise<T | undefined> {
    if (!hearing) return undefined
    try {
      await hearing.ready
      return await what(hearing)
    } catch {
      this.onError(hearing)
      return undefined
    }
  }

  async #foresee(): Promise<void> {
    if (this.#hearing?.plan.kind !== 'manual') return
    await this.#ask(this.#hearing, async ({ session }) =>
      session.prefetchFinal?.(this.#audio.peek()),
    )
  }

  async #advance(): Promise<void> {
    this.#advancing = true
    while (this.#again) {
      this.#again = false
      await this.#ask(this.#hearing, ({ session }) => session.process())
    }
    this.#advancing = false
  }

  /** The engine's session for the settings, unless it has just failed. */
  #listen(): Hearing | undefined {
    if (this.#closed || this.#hearing) return this.#hearing
    if (performance.now() < this.#retryAt) return undefined
    const plan = this.#planOf(this.#config)
    this.#hearing = new Hearing(plan, this.#context.engines, this)
    this.#hearings.add(this.#hearing)
    return this.#hearing
  }

  /** Lets the engine finish what it has; what of it belongs to no turn. */
  async #retire(hearing: Hearing): Promise<readonly Said[]> {
    await this.#ask(hearing, ({ session }) => session.end())
    this.#hearings.delete(hearing)
    return hearing.unclaimed
  }
}
