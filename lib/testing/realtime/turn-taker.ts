import type { TranscriptFault } from '../faults.ts'
import { newId } from '../../openai/wire/ids.ts'
import { servedModel } from '../../openai/wire/wire-models.ts'
import {
  SHORTEST_TURN_MS,
  commitEmpty,
} from '../../openai/wire/client-event.ts'
import {
  committed,
  speechStarted,
  speechStopped,
} from '../../openai/wire/server-event.ts'
import type { ServiceErrorBody } from '../../openai/wire/service-error.ts'
import type { Timers } from '../timers.ts'
import { LiveText } from './live-text.ts'
import { SampleQueue } from './sample-queue.ts'
import type { RealtimeSession } from './session.ts'
import type { SessionConfig } from '../../openai/wire/session-config.ts'
import { Transcripts } from './transcripts.ts'
import { VoiceDetector, type VoiceMark } from './voice-detector.ts'
import { WireAudio, rateOf } from '../../openai/wire/wire-audio.ts'

/** Cuts the audio of a session into turns, its own or the client's. */
export class TurnTaker {
  readonly #session: RealtimeSession
  readonly #transcripts: Transcripts
  readonly #queue = new SampleQueue()
  #wire = new WireAudio()
  #voice: VoiceDetector | undefined
  #live: LiveText | undefined
  /** Id of the turn that is open, once something was said of it. */
  #open: string | undefined
  #previous: string | null = null
  #receivedMs = 0
  #faults: TranscriptFault[] = []

  constructor(session: RealtimeSession, timers: Timers) {
    this.#session = session
    this.#transcripts = new Transcripts(session, timers)
    this.configure(undefined, session.config)
  }

  /** The settings have changed. */
  configure(before: SessionConfig | undefined, now: SessionConfig): void {
    const { format, turn_detection: turns } = now.audio.input
    const old = before?.audio.input
    if (old && old.format.type !== format.type) this.#wire = new WireAudio()
    if (old?.turn_detection !== turns || old.format.type !== format.type)
      this.#voice = turns
        ? new VoiceDetector(turns, rateOf(format), this.#queue.end)
        : undefined
    const model = servedModel(now.audio.input.transcription?.model ?? '')
    if (model?.realtime !== 'live') this.#live = undefined
    else this.#live ??= new LiveText(this.#transcripts)
  }

  /** Something happens to the transcript of the turn that is open or next. */
  spoil(fault: TranscriptFault): void {
    this.#faults.push(fault)
  }

  append(bytes: Buffer): void {
    const { format } = this.#session.config.audio.input
    const samples = this.#wire.push(bytes, format)
    if (!this.#session.watch(samples)) return
    this.#queue.push(samples)
    for (const mark of this.#voice?.push(samples) ?? []) this.#heed(mark)
    if (this.#voice && !this.#voice.speaking)
      this.#queue.takeUntil(this.#voice.keepFrom)
    this.#live?.look(this.#queue)
    this.#receivedMs += (samples.length / rateOf(format)) * 1_000
    if (this.#receivedMs >= this.#session.state.options.maxSessionAudioMs)
      this.#session.expire()
  }

  /** The client ends a turn. */
  commit(): ServiceErrorBody | undefined {
    const rate = rateOf(this.#session.config.audio.input.format)
    const ms = (this.#queue.length / rate) * 1_000
    if (ms < SHORTEST_TURN_MS) return commitEmpty(ms)
    this.#voice?.reset()
    this.#commit(this.#queue.end)
    return undefined
  }

  /** The client wants what it sent forgotten. */
  clear(): void {
    this.#queue.takeUntil(this.#queue.end)
    this.#voice?.reset()
    this.#open = undefined
    if (this.#live) this.#live = new LiveText(this.#transcripts)
  }

  #heed(mark: VoiceMark): void {
    const { outbox } = this.#session
    const rate = rateOf(this.#session.config.audio.input.format)
    const at = Math.max(mark.at, this.#queue.start)
    const ms = (at / rate) * 1_000
    if (mark.type === 'started') {
      this.#queue.takeUntil(at)
      this.#open = newId('item')
      outbox.send(speechStarted(this.#open, ms))
      return
    }
    outbox.send(speechStopped(this.#idOfOpen(), ms))
    this.#commit(at)
  }

  #commit(place: number): void {
    const { outbox, state } = this.#session
    const audio = this.#queue.takeUntil(place)
    if (!this.#session.perform(state.options.plan.commit())) return
    const id = this.#idOfOpen()
    for (const event of committed(id, this.#previous)) outbox.send(event)
    this.#previous = id
    this.#open = undefined
    const faults = this.#faults
    this.#faults = []
    const live = this.#live
    if (live) this.#live = new LiveText(this.#transcripts)
    this.#transcripts.begin({ id, audio, faults, live })
  }

  #idOfOpen(): string {
    this.#open ??= this.#live?.id ?? newId('item')
    return this.#open
  }
}
