import type { FinalEvent } from '../../core/transcript-event.ts'
import {
  type ServerEvent,
  completed,
  delta,
  committed,
  transcriptionFailed,
} from '../../openai/wire/server-event.ts'
import type { SessionConfig } from '../../openai/wire/session-config.ts'
import {
  STAND_IN_LOGPROB,
  languagesOf,
  logprobsOf,
  piecesOf,
  usageOf,
} from '../../openai/wire/answers.ts'
import {
  type ServedModel,
  servedModel,
} from '../../openai/wire/openai-models.ts'
import type { Engines } from '../engines.ts'
import { allKnown, logprobsIn } from '../logprob.ts'
import type { Metrics } from '../metrics.ts'
import type { Outbox } from './session-socket.ts'

type TranscriptFormat = {
  readonly name: string
  readonly model: ServedModel
  readonly logprobs: boolean
  /** Whether a constant replaces unknown log probabilities. */
  readonly fillLogprobs: boolean
  /** Languages of turns whose language the recogniser does not report. */
  readonly languages: readonly string[]
}

/** Returns the format for some settings; undefined without a model. */
export const transcriptFormat = (
  { audio, include }: SessionConfig,
  engines: Engines,
): TranscriptFormat | undefined => {
  const { transcription } = audio.input
  const name = transcription?.model ?? ''
  const model = servedModel(name, engines.models)
  if (!model) return undefined
  const { isStrict } = engines
  const expected = engines.expectedLanguage(transcription ?? {})
  return {
    name,
    model,
    logprobs: model.logprobs && Boolean(include?.length),
    fillLogprobs: isStrict,
    languages: isStrict
      ? (transcription?.languages ?? [])
      : expected
        ? [expected]
        : [],
  }
}

/** Returns the events with the transcript of a turn of some seconds. */
const transcriptEvents = (
  id: string,
  transcript: TurnText,
  seconds: number,
  { name, model, logprobs, fillLogprobs, languages }: TranscriptFormat,
): ServerEvent[] => {
  const { text, words = [], language } = transcript
  const codes = language ? [language] : languages
  const pieces = piecesOf(text)
  const known = logprobs
    ? logprobsIn(pieces, words).map(one =>
        fillLogprobs ? (one ?? STAND_IN_LOGPROB) : one,
      )
    : []
  const all = logprobs && allKnown(known)
  const whole = completed(id, text, {
    usage: usageOf(model, seconds, text),
    ...(model.languages && {
      languages: text === '' ? [] : languagesOf(codes),
    }),
    ...(all && { logprobs: logprobsOf(pieces, all) }),
  })
  if (model.realtime === 'live' || text === '') return [whole]
  if (name === 'whisper-1') return [delta(id, text), whole]
  const deltas = pieces.map((piece, i) => delta(id, piece, known[i]))
  return [...deltas, whole]
}

/** Transcript of a turn, or of a part of one. */
export type TurnText = Pick<FinalEvent, 'text' | 'words' | 'language'>

/** A turn as the client sees it. */
export type ConversationItem = {
  readonly id: string
  /** Start of its audio in the session, in ms. */
  readonly start: number
  /** Format of its transcript, once committed; undefined if it gets none. */
  format?: TranscriptFormat | undefined
  /** Length of its audio, once committed. */
  seconds?: number
  /** Texts of its parts from earlier engine sessions. */
  earlier?: readonly Promise<readonly TurnText[]>[]
  isOver?: boolean
}

/** Sends the events of committed turns. */
export class ConversationItems {
  readonly #outbox: Outbox
  readonly #metrics: Metrics
  readonly #pending = new Set<ConversationItem>()
  #previous: string | null = null
  #onSettled: (() => void) | undefined

  constructor(outbox: Outbox, metrics: Metrics) {
    this.#outbox = outbox
    this.#metrics = metrics
  }

  commit(
    item: ConversationItem,
    end: number,
    form: TranscriptFormat | undefined,
  ): void {
    this.#outbox.hooks?.onCommit(item.id)
    for (const event of committed(item.id, this.#previous))
      this.#outbox.send(event)
    this.#previous = item.id
    item.seconds = Math.max(0, Math.round((end - item.start) * 1_000)) / 1e6
    item.format = form
    if (form) this.#pending.add(item)
  }

  complete(item: ConversationItem, transcript: TurnText): void {
    const { earlier } = item
    if (!earlier) return this.#answer(item, transcript)
    void Promise.all(earlier).then(parts =>
      this.#answer(item, joinTexts([...parts.flat(), transcript])),
    )
  }

  #answer(item: ConversationItem, transcript: TurnText): void {
    const { id, format, seconds = 0 } = item
    if (!format || !this.#pending.has(item)) return
    const events = transcriptEvents(id, transcript, seconds, format)
    const { hooks } = this.#outbox
    if (hooks) hooks.answer(id, events)
    else for (const event of events) this.#outbox.send(event)
    this.#metrics.audio('realtime', seconds)
    this.#settle(item)
  }

  fail(item: ConversationItem): void {
    if (!this.#pending.has(item)) return
    this.#outbox.send(transcriptionFailed(item.id))
    this.#settle(item)
  }

  /** Resolves when every turn has its transcript. */
  settled(): Promise<void> {
    return new Promise(resolve => {
      if (this.#pending.size === 0) return resolve()
      this.#onSettled = resolve
    })
  }

  #settle(item: ConversationItem): void {
    item.isOver = true
    this.#pending.delete(item)
    if (this.#pending.size === 0) this.#onSettled?.()
  }
}

const joinTexts = (parts: readonly TurnText[]): TurnText => {
  const spoken = parts.filter(({ text }) => text !== '')
  const language = spoken.at(-1)?.language
  return {
    ...(language !== undefined && { language }),
    text: spoken.map(({ text }) => text).join(' '),
    words: spoken.flatMap(({ words = [] }) => words),
  }
}
