import type { TranscriptEvent } from '../../core/transcript-event.ts'
import {
  newId,
  delta,
  speechStarted,
  speechStopped,
} from '../../openai/wire/server-event.ts'
import {
  SHORTEST_TURN_MS,
  commitEmpty,
} from '../../openai/wire/client-event.ts'
import type { SessionConfig } from '../../openai/wire/session-config.ts'
import { serverError } from '../../openai/wire/service-error.ts'
import type { ServerContext } from '../server-context.ts'
import { StallTimer } from '../timeouts.ts'
import {
  transcriptFormat,
  type ConversationItem,
  ConversationItems,
  type TurnText,
} from './conversation-items.ts'
import { EngineSession, type EngineSessionListener } from './engine-session.ts'
import { type SessionPlan, isSamePlan, planOf } from './session-plan.ts'
import { InputAudio } from './input-audio.ts'
import type { Outbox } from './session-socket.ts'

/**
 * Time without audio, in ms, before the final of the open turn is prefetched. A
 * client that finds turns itself sends nothing in a pause, and commits once the
 * pause has lasted.
 */
const PREFETCH_AFTER_MS = 60

/** Time after a failure of the engine before it is used again, in ms. */
const RETRY_MS = 1_000

/**
 * Cuts a session's audio into turns by its settings, and sends what they
 * contain.
 */
export class TurnController implements EngineSessionListener {
  readonly #context: ServerContext
  readonly #outbox: Outbox
  readonly #items: ConversationItems
  readonly #engineSessions = new Set<EngineSession>()
  #config: SessionConfig
  #audio: InputAudio
  /** Engine session that gets the audio, once there is any. */
  #engineSession: EngineSession | undefined
  /** Item of the open turn, once an event has named it. */
  #openItem: ConversationItem | undefined
  /** All received audio, in ms. */
  #receivedMs = 0
  #position = 0
  /** Audio before this belongs to a committed turn or to none. */
  #committedMs = 0
  /** End of the last turn's speech. */
  #speechEndMs = 0
  /** Whether a commit of the client is in progress. */
  #committing = false
  /** Whether audio of the next turn was lost in an engine failure. */
  #audioLost = false
  /** Texts of the next turn from engine sessions that are no longer used. */
  #earlierTexts: Promise<readonly TurnText[]>[] = []
  #retryEngineAt = 0
  readonly #pauseTimer = new StallTimer(
    PREFETCH_AFTER_MS,
    () => void this.#prefetchFinal(),
  )
  #processing = false
  #processAgain = false
  #closed = false

  constructor(context: ServerContext, outbox: Outbox, config: SessionConfig) {
    this.#context = context
    this.#outbox = outbox
    this.#config = config
    this.#items = new ConversationItems(outbox, context.metrics)
    this.#audio = this.#newAudio(config)
    if (this.#planOf(config).transcribes) this.#ensureEngineSession()
  }

  #newAudio({ audio }: SessionConfig): InputAudio {
    return new InputAudio(audio.input.format, this.#outbox.hooks !== undefined)
  }

  #planOf(config: SessionConfig): SessionPlan {
    return planOf(config, this.#context.engines)
  }

  msOf(bytes: number): number {
    return this.#audio.msOf(bytes)
  }

  /** Adds audio; resolves when the engine has it. */
  async append(bytes: Buffer): Promise<void> {
    this.#pauseTimer.touch()
    // One second at a time: the rest waits as bytes, which are smaller.
    const portion = 2 * this.#audio.rate
    for (let at = 0; at < bytes.length; at += portion) {
      const part = bytes.subarray(at, at + portion)
      const { samples, ms } = this.#audio.push(part)
      this.#receivedMs += ms
      await this.#pushToEngine(samples)
    }
  }

  /** Processes the audio so far; called when no more is waiting. */
  process(): void {
    this.#processAgain = true
    if (!this.#processing) void this.#process()
  }

  /** Applies new settings after all audio so far is processed. */
  async configure(config: SessionConfig): Promise<void> {
    const { format } = config.audio.input
    if (format.type !== this.#config.audio.input.format.type) {
      await this.#flush()
      this.#audio = this.#newAudio(config)
      if (this.#outbox.hooks)
        this.#position = Math.round(this.#receivedMs * this.#audio.samplesPerMs)
    }
    const old = this.#engineSession
    if (!old || isSamePlan(old.plan, this.#planOf(config))) {
      await this.#callEngine(old, ({ session }) => session.process())
      this.#config = config
    } else {
      const rest = await this.#callEngine(old, ({ session }) =>
        session.drainUncommitted(),
      )
      this.#config = config
      this.#engineSession = undefined
      old.detach(this.#openItem)
      this.#earlierTexts.push(this.#retire(old))
      if (rest && rest.length > 0) {
        this.#position -= rest.length
        this.#committedMs =
          this.#receivedMs - rest.length / this.#audio.samplesPerMs
        await this.#pushToEngine(rest)
      }
    }
    if (this.#planOf(config).transcribes) this.#ensureEngineSession()
  }

  /**
   * Ends a turn.
   * @param eventId of the client's event
   */
  async commit(eventId: string | null): Promise<void> {
    this.#pauseTimer.stop()
    const refuse = (ms: number): void =>
      this.#outbox.error(commitEmpty(ms), eventId)
    const vad = this.#planOf(this.#config).turns
    if (!vad && this.#uncommittedMs < SHORTEST_TURN_MS)
      return refuse(this.#uncommittedMs)
    await this.#flush()
    let isDone = false
    const before = (): void => {
      this.#committing = this.#openItem !== undefined
    }
    const after = (engine: EngineSession, turn: string | undefined): void => {
      isDone = true
      const ended = this.#committing && !this.#openItem
      this.#committing = false
      if (ended) return
      const most = vad && !this.#openItem ? vad.prefixPaddingMs : Infinity
      const ms = Math.min(this.#uncommittedMs, most)
      if (ms < SHORTEST_TURN_MS && !this.#openItem) return refuse(ms)
      const item = this.#commit(this.#openItem ?? this.#newItem(ms))
      if (turn !== undefined) engine.items.set(turn, item)
      if (this.#audioLost) this.#items.fail(item)
      else if (turn === undefined) this.#items.complete(item, { text: '' })
      this.#audioLost = false
    }
    await this.#callEngine(this.#ensureEngineSession(), engine =>
      engine.session.commit({ before, after: turn => after(engine, turn) }),
    )
    if (!isDone) this.#commitLost(eventId)
  }

  async clear(): Promise<void> {
    await this.#flush()
    await this.#callEngine(this.#engineSession, ({ session }) =>
      session.clear(),
    )
    this.#engineSession?.detach(this.#openItem)
    this.#reset()
    this.#outbox.send({ type: 'input_audio_buffer.cleared' })
  }

  settled(): Promise<void> {
    return this.#items.settled()
  }

  close(): void {
    this.#closed = true
    this.#pauseTimer.stop()
    for (const engine of this.#engineSessions) engine.abort()
    this.#engineSessions.clear()
    this.#engineSession = undefined
  }

  readonly onEvent = (engine: EngineSession, event: TranscriptEvent): void => {
    switch (event.type) {
      case 'speech-start':
        return this.#onSpeechStart(engine, event.turn, event.at)
      case 'speech-end':
        return this.#onSpeechEnd(engine, event.at)
      case 'delta': {
        let item = engine.items.get(event.turn)
        if (!item && engine !== this.#engineSession) return
        item ??= this.#ensureOpenItem()
        engine.items.set(event.turn, item)
        if (!item.isOver) this.#outbox.send(delta(item.id, event.text))
        return
      }
      case 'final': {
        const item = engine.items.get(event.turn)
        engine.items.delete(event.turn)
        if (item) this.#items.complete(item, event)
        else engine.unassignedFinals.push(event)
      }
    }
  }

  readonly onTurnFailed = (engine: EngineSession, turn: string): void => {
    const item = engine.items.get(turn)
    engine.items.delete(turn)
    if (item) this.#items.fail(item)
  }

  readonly onError = (engine: EngineSession): void => {
    if (this.#closed || !this.#engineSessions.delete(engine)) return
    engine.abort()
    for (const item of engine.items.values()) this.#items.fail(item)
    if (engine === this.#engineSession) {
      this.#engineSession = undefined
      this.#retryEngineAt = performance.now() + RETRY_MS
      if (!engine.plan.turns) this.#audioLost = this.#uncommittedMs > 0
      else if (this.#openItem) {
        const { id } = this.#openItem
        if (!this.#committing)
          this.#outbox.send(speechStopped(id, this.#receivedMs))
        this.#items.fail(this.#commit(this.#openItem))
      }
      this.#committing = false
    }
    this.#outbox.error(serverError)
  }

  get #uncommittedMs(): number {
    return Math.round((this.#receivedMs - this.#committedMs) * 1_000) / 1_000
  }

  #newItem(ms: number): ConversationItem {
    return { id: newId('item'), start: this.#receivedMs - ms }
  }

  /** The item that the client will commit. */
  #ensureOpenItem(): ConversationItem {
    this.#openItem ??= this.#newItem(this.#uncommittedMs)
    return this.#openItem
  }

  #onSpeechStart(engine: EngineSession, turn: string, at: number): void {
    const { prefixPaddingMs } = engine.plan.turns!
    if (!this.#openItem) {
      const start = Math.max(at - prefixPaddingMs, this.#speechEndMs)
      this.#openItem = { id: newId('item'), start }
      this.#outbox.send(speechStarted(this.#openItem.id, start))
    }
    engine.items.set(turn, this.#openItem)
  }

  #onSpeechEnd(engine: EngineSession, at: number): void {
    const item = this.#openItem
    if (!item) return
    if (this.#committing) return void this.#commit(item)
    const end = at + engine.plan.turns!.silenceDurationMs
    this.#outbox.send(speechStopped(item.id, Math.min(end, this.#receivedMs)))
    this.#commit(item, Math.min(end, this.#receivedMs), at)
  }

  #commit(
    item: ConversationItem,
    end = this.#receivedMs,
    spoken = end,
  ): ConversationItem {
    if (this.#earlierTexts.length > 0)
      item.earlier = this.#earlierTexts.splice(0)
    this.#items.commit(
      item,
      end,
      transcriptFormat(this.#config, this.#context.engines),
    )
    this.#openItem = undefined
    this.#committedMs = end
    this.#speechEndMs = spoken
    return item
  }

  /** Commits a turn after the engine lost some of its audio. */
  #commitLost(eventId: string | null): void {
    if (this.#planOf(this.#config).turns)
      return this.#outbox.error(serverError, eventId)
    this.#items.fail(this.#commit(this.#ensureOpenItem()))
    this.#audioLost = false
  }

  #reset(): void {
    this.#earlierTexts = []
    this.#openItem = undefined
    this.#audioLost = false
    this.#committedMs = this.#receivedMs
    this.#speechEndMs = this.#receivedMs
  }

  /** Passes the rest of the resampler's output to the engine. */
  #flush(): Promise<void> {
    return this.#pushToEngine(this.#audio.end())
  }

  async #pushToEngine(samples: Float32Array): Promise<void> {
    if (samples.length === 0) return
    const at = this.#position
    this.#position += samples.length
    const engine = this.#ensureEngineSession()
    if (!engine) this.#audioLost = !this.#planOf(this.#config).turns
    await this.#callEngine(engine, ({ session }) => session.push(samples, at))
  }

  /** Calls the engine; a failure ends the engine session. */
  async #callEngine<T>(
    engine: EngineSession | undefined,
    what: (engine: EngineSession) => Promise<T>,
  ): Promise<T | undefined> {
    if (!engine) return undefined
    try {
      await engine.ready
      return await what(engine)
    } catch {
      this.onError(engine)
      return undefined
    }
  }

  async #prefetchFinal(): Promise<void> {
    if (this.#engineSession?.plan.kind !== 'manual') return
    await this.#callEngine(this.#engineSession, async ({ session }) =>
      session.prefetchFinal?.(this.#audio.peek()),
    )
  }

  async #process(): Promise<void> {
    this.#processing = true
    while (this.#processAgain) {
      this.#processAgain = false
      await this.#callEngine(this.#engineSession, ({ session }) =>
        session.process(),
      )
    }
    this.#processing = false
  }

  /** Returns the engine session, unless one has just failed. */
  #ensureEngineSession(): EngineSession | undefined {
    if (this.#closed || this.#engineSession) return this.#engineSession
    if (performance.now() < this.#retryEngineAt) return undefined
    const plan = this.#planOf(this.#config)
    this.#engineSession = new EngineSession(
      plan,
      this.#context.engines,
      this,
      () => this.#config,
      this.#outbox.hooks,
    )
    this.#engineSessions.add(this.#engineSession)
    return this.#engineSession
  }

  /** Finishes an engine session; returns its finals that belong to no item. */
  async #retire(engine: EngineSession): Promise<readonly TurnText[]> {
    await this.#callEngine(engine, ({ session }) => session.end())
    this.#engineSessions.delete(engine)
    return engine.unassignedFinals
  }
}
