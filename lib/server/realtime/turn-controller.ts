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
import type { ServerContext } from '../server-context.ts'
import { StallTimer } from '../stall-timer.ts'
import {
  transcriptFormat,
  type ConversationItem,
  ConversationItems,
  type TurnText,
} from './conversation-items.ts'
import { EngineSession, type EngineSessionListener } from './engine-session.ts'
import { type SessionPlan, isSamePlan, planOf } from './session-plan.ts'
import { InputAudio } from './input-audio.ts'
import type { Outbox } from './outbox.ts'
import type { SessionHooks } from './session-hooks.ts'

/**
 * Whoever finds turns by themselves stops sending in a pause, and commits
 * once it has lasted; when nothing has come for so long, in ms, the turn's
 * final is begun.
 */
const PREFETCH_AFTER_MS = 60

/** After a failure of the engine, it is left alone for so long, in ms. */
const RETRY_MS = 1_000

/** Cuts the audio of a session into turns, by its settings, and answers them. */
export class TurnController implements EngineSessionListener {
  readonly #context: ServerContext
  readonly #outbox: Outbox
  readonly #hooks: SessionHooks | undefined
  readonly #items: ConversationItems
  readonly #engineSessions = new Set<EngineSession>()
  #config: SessionConfig
  #audio: InputAudio
  /** The one that hears what comes; none before there was any audio. */
  #engineSession: EngineSession | undefined
  /** The turn that is open, once something was said of it. */
  #openItem: ConversationItem | undefined
  /** All that came, in ms. */
  #receivedMs = 0
  /** All that the engine was given, in its samples. */
  #position = 0
  /** What came before belongs to a turn or to none. */
  #committedMs = 0
  /** Where the last turn's speech ended. */
  #speechEndMs = 0
  /** Whether the client ends a turn right now. */
  #committing = false
  /** Whether audio of the next turn was lost with the engine. */
  #audioLost = false
  /** What was said in the next turn to engines that hear it no more. */
  #earlierTexts: Promise<readonly TurnText[]>[] = []
  #retryEngineAt = 0
  readonly #pauseTimer = new StallTimer(
    PREFETCH_AFTER_MS,
    () => void this.#prefetchFinal(),
  )
  #processing = false
  #processAgain = false
  #closed = false

  constructor(
    context: ServerContext,
    outbox: Outbox,
    config: SessionConfig,
    hooks?: SessionHooks,
  ) {
    this.#context = context
    this.#outbox = outbox
    this.#config = config
    this.#hooks = hooks
    this.#items = new ConversationItems(outbox, context.metrics, hooks)
    this.#audio = this.#newAudio(config)
    if (this.#planOf(config).transcribes) this.#ensureEngineSession()
  }

  #newAudio({ audio }: SessionConfig): InputAudio {
    return new InputAudio(audio.input.format, this.#hooks !== undefined)
  }

  #planOf(config: SessionConfig): SessionPlan {
    return planOf(config, this.#context.engines)
  }

  /** How long so many bytes of audio are, in ms. */
  msOf(bytes: number): number {
    return this.#audio.msOf(bytes)
  }

  /** Takes audio; resolves when the engine has it. */
  async append(bytes: Buffer): Promise<void> {
    this.#pauseTimer.touch()
    // By the second: what is long waits as it came, not as samples.
    const portion = 2 * this.#audio.rate
    for (let at = 0; at < bytes.length; at += portion) {
      const part = bytes.subarray(at, at + portion)
      const { samples, ms } = this.#audio.push(part)
      this.#receivedMs += ms
      await this.#pushToEngine(samples)
    }
  }

  /** No more audio is at hand: what has come is looked at. */
  process(): void {
    this.#processAgain = true
    if (!this.#processing) void this.#process()
  }

  /**
   * Goes on with other settings, once all that came is looked at.
   */
  async configure(config: SessionConfig): Promise<void> {
    const { format } = config.audio.input
    if (format.type !== this.#config.audio.input.format.type) {
      await this.#flush()
      this.#audio = this.#newAudio(config)
      if (this.#hooks)
        this.#position = Math.round(this.#receivedMs * this.#audio.samplesPerMs)
    }
    const old = this.#engineSession
    if (!old || isSamePlan(old.plan, this.#planOf(config))) {
      await this.#call(old, ({ session }) => session.advance())
      this.#config = config
    } else {
      const rest = await this.#call(old, ({ session }) => session.leave())
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
   * The client ends a turn.
   *
   * @param eventId of the event by which it does
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
    const after = (hearing: EngineSession, turn: string | undefined): void => {
      isDone = true
      const ended = this.#committing && !this.#openItem
      this.#committing = false
      if (ended) return
      const most = vad && !this.#openItem ? vad.prefixPaddingMs : Infinity
      const ms = Math.min(this.#uncommittedMs, most)
      if (ms < SHORTEST_TURN_MS && !this.#openItem) return refuse(ms)
      const item = this.#commit(this.#openItem ?? this.#newItem(ms))
      if (turn !== undefined) hearing.items.set(turn, item)
      if (this.#audioLost) this.#items.fail(item)
      else if (turn === undefined) this.#items.complete(item, { text: '' })
      this.#audioLost = false
    }
    await this.#call(this.#ensureEngineSession(), hearing =>
      hearing.session.commit({ before, after: turn => after(hearing, turn) }),
    )
    if (!isDone) this.#commitLost(eventId)
  }

  /** The client wants what it sent forgotten. */
  async clear(): Promise<void> {
    await this.#flush()
    await this.#call(this.#engineSession, ({ session }) => session.clear())
    this.#engineSession?.detach(this.#openItem)
    this.#reset()
    this.#outbox.send({ type: 'input_audio_buffer.cleared' })
  }

  /** Resolves when every turn that was committed has its transcript. */
  settled(): Promise<void> {
    return this.#items.settled()
  }

  /** Nobody is there any more. */
  close(): void {
    this.#closed = true
    this.#pauseTimer.stop()
    for (const hearing of this.#engineSessions) hearing.abort()
    this.#engineSessions.clear()
    this.#engineSession = undefined
  }

  readonly onEvent = (hearing: EngineSession, event: TranscriptEvent): void => {
    switch (event.type) {
      case 'speech-start':
        return this.#start(hearing, event.turn, event.at)
      case 'speech-end':
        return this.#stop(hearing, event.at)
      case 'delta': {
        let item = hearing.items.get(event.turn)
        if (!item && hearing !== this.#engineSession) return
        item ??= this.#ensureOpenItem()
        hearing.items.set(event.turn, item)
        if (!item.isOver) this.#outbox.send(delta(item.id, event.text))
        return
      }
      case 'final': {
        const item = hearing.items.get(event.turn)
        hearing.items.delete(event.turn)
        if (item) this.#items.complete(item, event)
        else hearing.finalsOfNoItem.push(event)
      }
    }
  }

  readonly onTurnFailed = (hearing: EngineSession, turn: string): void => {
    const item = hearing.items.get(turn)
    hearing.items.delete(turn)
    if (item) this.#items.fail(item)
  }

  readonly onError = (hearing: EngineSession): void => {
    if (this.#closed || !this.#engineSessions.delete(hearing)) return
    hearing.abort()
    for (const item of hearing.items.values()) this.#items.fail(item)
    if (hearing === this.#engineSession) {
      this.#engineSession = undefined
      this.#retryEngineAt = performance.now() + RETRY_MS
      if (!hearing.plan.turns) this.#audioLost = this.#uncommittedMs > 0
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

  /** Audio that belongs to no turn that was committed, in ms. */
  get #uncommittedMs(): number {
    return Math.round((this.#receivedMs - this.#committedMs) * 1_000) / 1_000
  }

  #newItem(ms: number): ConversationItem {
    return { id: newId('item'), start: this.#receivedMs - ms }
  }

  /** The turn that the client will commit. */
  #ensureOpenItem(): ConversationItem {
    this.#openItem ??= this.#newItem(this.#uncommittedMs)
    return this.#openItem
  }

  #start(hearing: EngineSession, turn: string, at: number): void {
    const { prefixPaddingMs } = hearing.plan.turns!
    if (!this.#openItem) {
      const start = Math.max(at - prefixPaddingMs, this.#speechEndMs)
      this.#openItem = { id: newId('item'), start }
      this.#outbox.send(speechStarted(this.#openItem.id, start))
    }
    hearing.items.set(turn, this.#openItem)
  }

  #stop(hearing: EngineSession, at: number): void {
    const item = this.#openItem
    if (!item) return
    if (this.#committing) return void this.#commit(item)
    const end = at + hearing.plan.turns!.silenceDurationMs
    this.#outbox.send(speechStopped(item.id, Math.min(end, this.#receivedMs)))
    this.#commit(item, Math.min(end, this.#receivedMs), at)
  }

  /** The open turn is whole. */
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

  /** The client ends a turn of which the engine has lost audio. */
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

  /** Gives the engine what is left in the resampler. */
  #flush(): Promise<void> {
    return this.#pushToEngine(this.#audio.end())
  }

  async #pushToEngine(samples: Float32Array): Promise<void> {
    if (samples.length === 0) return
    const at = this.#position
    this.#position += samples.length
    const hearing = this.#ensureEngineSession()
    if (!hearing) this.#audioLost = !this.#planOf(this.#config).turns
    await this.#call(hearing, ({ session }) => session.push(samples, at))
  }

  /** Asks something of the engine, which may fail. */
  async #call<T>(
    hearing: EngineSession | undefined,
    what: (hearing: EngineSession) => Promise<T>,
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

  async #prefetchFinal(): Promise<void> {
    if (this.#engineSession?.plan.kind !== 'manual') return
    await this.#call(this.#engineSession, async ({ session }) =>
      session.foresee?.(this.#audio.peek()),
    )
  }

  async #process(): Promise<void> {
    this.#processing = true
    while (this.#processAgain) {
      this.#processAgain = false
      await this.#call(this.#engineSession, ({ session }) => session.advance())
    }
    this.#processing = false
  }

  /** The engine's session for the settings, unless it has just failed. */
  #ensureEngineSession(): EngineSession | undefined {
    if (this.#closed || this.#engineSession) return this.#engineSession
    if (performance.now() < this.#retryEngineAt) return undefined
    const plan = this.#planOf(this.#config)
    this.#engineSession = new EngineSession(
      plan,
      this.#context.engines,
      this,
      () => this.#config,
      this.#hooks,
    )
    this.#engineSessions.add(this.#engineSession)
    return this.#engineSession
  }

  /** Lets the engine finish what it has; what of it belongs to no turn. */
  async #retire(hearing: EngineSession): Promise<readonly TurnText[]> {
    await this.#call(hearing, ({ session }) => session.end())
    this.#engineSessions.delete(hearing)
    return hearing.finalsOfNoItem
  }
}
