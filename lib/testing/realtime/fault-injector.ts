import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { newId, type ServerEvent } from '../../openai/wire/server-event.ts'
import {
  type ClientEvent,
  readAppend,
  WireAudio,
} from '../../openai/wire/client-event.ts'
import type { SpeechSession } from '../../recognizers/speech-session.ts'
import type {
  HookedSessionOptions,
  SessionControl,
  SessionHooks,
} from '../../server/realtime/session-hooks.ts'
import {
  type ConnectionFault,
  type FaultAction,
  type TranscriptFault,
  isTranscriptFault,
  reset,
} from '../faults.ts'
import { readNumbers } from '../number-code.ts'
import { type SpeechServerState, Timers } from '../speech-server-state.ts'
import { type NumberedTurn, ScriptedSession } from './scripted-session.ts'

const countUp = (counts: Map<string, number>, name: string): void => {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

/** Samples that are enough to read a frame's number. */
const READABLE = 7

/** A committed turn without an answer. */
type CommittedTurn = {
  readonly faults: readonly TranscriptFault[]
  number: number
}

/**
 * Serves a Realtime session of a {@link SpeechServer} and performs its faults.
 */
export class FaultInjector implements SessionHooks {
  readonly state: SpeechServerState
  readonly timers = new Timers()
  readonly #webSocket: WebSocket
  readonly #socket: Socket
  #session!: SessionControl
  #delayMs = 0
  /** Faults of the open or next turn. */
  #faults: TranscriptFault[] = []
  readonly #committed = new Map<string, CommittedTurn>()
  #last: CommittedTurn | undefined
  /** Sends a completion that is held back to be reordered. */
  #held: (() => void) | undefined
  #wire = new WireAudio()
  /** The last samples, in which a frame may have begun. */
  #tail = new Int16Array(0)
  /** The frame that the audio ends in. */
  #frame: number | undefined
  #receivedMs = 0

  constructor(state: SpeechServerState, webSocket: WebSocket, socket: Socket) {
    this.state = state
    this.#webSocket = webSocket
    this.#socket = socket
    webSocket.once('close', () => {
      this.#stop()
      state.sessions.delete(this)
    })
  }

  /** Performs faults; returns false if they end the session. */
  perform(actions: readonly FaultAction[]): boolean {
    for (const action of actions) {
      if (isTranscriptFault(action)) this.#faults.push(action)
      else this.#breakConnection(action)
      if (this.#session.ended) return false
    }
    return true
  }

  resume(): void {
    this.#session.resume()
  }

  attach(session: SessionControl): void {
    this.#session = session
    this.state.sessions.add(this)
  }

  openSession(options: HookedSessionOptions): SpeechSession {
    return new ScriptedSession(options, this)
  }

  onReceived(type: string, event: ClientEvent): void {
    const { plan } = this.state.options
    countUp(this.state.received, type)
    if (!this.perform(plan.event(type))) return
    if (type !== 'input_audio_buffer.append' || !plan.awaitsFrames) return
    for (const frame of this.#framesIn(event))
      if (!this.perform(plan.frame(frame))) return
  }

  onAppended(ms: number): void {
    this.#receivedMs += ms
    if (this.#receivedMs >= this.state.options.maxSessionAudioMs)
      this.#session.expire()
  }

  onCommit(itemId: string): void {
    this.perform(this.state.options.plan.commit())
    this.#last = { faults: this.#faults, number: 0 }
    this.#committed.set(itemId, this.#last)
    this.#faults = []
  }

  nextTurn(): NumberedTurn | undefined {
    const turn = this.#last
    if (!turn) return undefined
    this.#last = undefined
    turn.number = ++this.state.turns
    const fails = turn.faults.includes('fail-transcription')
    return { number: turn.number, fails }
  }

  onSend(type: string): void {
    countUp(this.state.sent, type)
    this.perform(this.state.options.plan.event(type))
  }

  transmit(send: () => void): void {
    this.timers.after(this.#delayMs, () => {
      if (this.#webSocket.readyState === this.#webSocket.OPEN) send()
    })
  }

  answer(itemId: string, events: readonly ServerEvent[]): void {
    const { faults, number } = this.#committed.get(itemId)!
    this.#committed.delete(itemId)
    this.timers.spaced(
      events.slice(0, -1),
      this.state.options.deltaMs(number),
      event => this.#session.outbox.send(event),
      () => this.#complete(events.at(-1)!, faults),
    )
  }

  #complete(event: ServerEvent, faults: readonly TranscriptFault[]): void {
    const { outbox } = this.#session
    if (faults.includes('drop-completed')) return
    if (faults.includes('malform-completed')) return this.#sendHalf(event)
    const send = (): void => outbox.send(event)
    if (faults.includes('reorder-completed') && !this.#held)
      return this.#hold(send)
    send()
    if (faults.includes('duplicate-completed')) send()
    this.#held?.()
  }

  #sendHalf(event: ServerEvent): void {
    this.onSend(event.type)
    const text = JSON.stringify({ ...event, event_id: newId('event') })
    this.#session.outbox.text(text.slice(0, text.length / 2))
  }

  #hold(send: () => void): void {
    const release = (): void => {
      if (this.#held !== release) return
      this.#held = undefined
      send()
    }
    this.#held = release
    this.timers.after(this.state.options.holdMs, release)
  }

  /** Numbers of the frames that begin in an append. */
  #framesIn(event: ClientEvent): number[] {
    const read = readAppend(event)
    if ('error' in read) return []
    const { format } = this.#session.config.audio.input
    const samples = this.#wire.push(read.bytes, format)
    const audio = new Int16Array(this.#tail.length + samples.length)
    audio.set(this.#tail)
    audio.set(samples, this.#tail.length)
    this.#tail = audio.slice(-READABLE + 1)
    const begun: number[] = []
    for (const { index } of readNumbers(audio)) {
      if (index === undefined || index === this.#frame) continue
      this.#frame = index
      begun.push(index)
    }
    return begun
  }

  #breakConnection(action: Exclude<FaultAction, TranscriptFault>): void {
    if (typeof action === 'string') this.#breaks[action]()
    else if ('close' in action) this.#session.close(action.close, action.reason)
    else if ('slow' in action) this.#delayMs = action.slow
    else this.#session.outbox.text(action.send)
  }

  readonly #breaks: Readonly<Record<ConnectionFault, () => void>> = {
    reset: () => {
      this.#stop()
      reset(this.state.rawOf(this.#socket))
    },
    end: () => {
      this.#stop()
      this.state.rawOf(this.#socket).end()
    },
    expire: () => this.#session.expire(),
    stall: () => {
      this.#stop()
      this.#session.stopReading()
      this.state.sessions.delete(this)
    },
    'stop-reading': () => this.#session.stopReading(),
  }

  /** Ends the session without closing its connection. */
  #stop(): void {
    this.#session.end()
    this.timers.close()
  }
}
