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
} from '../../openai/wire/spoken-text.ts'
import { type ServedModel, servedModel } from '../../openai/wire/wire-models.ts'
import type { Engines } from '../engines.ts'
import { allKnown, logprobsIn } from '../logprob.ts'
import type { Metrics } from '../metrics.ts'
import type { Outbox } from './outbox.ts'
import type { SessionHooks } from './session-hooks.ts'

/** How the transcript of a turn is told. */
type TranscriptFormat = {
  readonly name: string
  readonly model: ServedModel
  readonly logprobs: boolean
  /** Whether a constant stands in for logprobs that are not known. */
  readonly standIns: boolean
  /** Languages of turns whose language the recogniser does not tell. */
  readonly languages: readonly string[]
}

/** How turns are told with some settings; undefined: not at all. */
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
    standIns: isStrict,
    languages: isStrict
      ? (transcription?.languages ?? [])
      : expected
        ? [expected]
        : [],
  }
}

/**
 * What is said of a turn once its transcript is there.
 *
 * @param seconds of audio that it has
 */
const transcriptEvents = (
  id: string,
  said: Pick<FinalEvent, 'text' | 'words' | 'language'>,
  seconds: number,
  { name, model, logprobs, standIns, languages }: TranscriptFormat,
): ServerEvent[] => {
  const { text, words = [], language } = said
  const codes = language ? [language] : languages
  const pieces = piecesOf(text)
  const known = logprobs
    ? logprobsIn(pieces, words).map(one =>
        standIns ? (one ?? STAND_IN_LOGPROB) : one,
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

/** What was said in some audio. */
export type TurnText = Pick<FinalEvent, 'text' | 'words' | 'language'>

/** A turn as the client sees it. */
export type ConversationItem = {
  readonly id: string
  /** Where its audio begins in all that came, in ms. */
  readonly start: number
  /** How its transcript is told, once it is committed; undefined: not. */
  format?: TranscriptFormat | undefined
  /** How long its audio is, once it is committed. */
  seconds?: number
  /** What was said in it before the engine's session changed. */
  earlier?: readonly Promise<readonly TurnText[]>[]
  /** Whether nothing more is said of it. */
  isOver?: boolean
}

/** The turns that were committed, and those without a transcript yet. */
export class ConversationItems {
  readonly #outbox: Outbox
  readonly #metrics: Metrics
  readonly #hooks: SessionHooks | undefined
  readonly #pending = new Set<ConversationItem>()
  #previous: string | null = null
  #onSettled: (() => void) | undefined

  constructor(outbox: Outbox, metrics: Metrics, hooks?: SessionHooks) {
    this.#outbox = outbox
    this.#metrics = metrics
    this.#hooks = hooks
  }

  /**
   * A turn is whole.
   *
   * @param end of its audio, in ms
   */
  commit(
    item: ConversationItem,
    end: number,
    form: TranscriptFormat | undefined,
  ): void {
    this.#hooks?.onCommit(item.id)
    for (const event of committed(item.id, this.#previous))
      this.#outbox.send(event)
    this.#previous = item.id
    item.seconds = Math.max(0, Math.round((end - item.start) * 1_000)) / 1e6
    item.format = form
    if (form) this.#pending.add(item)
  }

  /** Its transcript is there. */
  complete(item: ConversationItem, said: TurnText): void {
    const { earlier } = item
    if (!earlier) return this.#answer(item, said)
    void Promise.all(earlier).then(parts =>
      this.#answer(item, joinTexts([...parts.flat(), said])),
    )
  }

  #answer(item: ConversationItem, said: TurnText): void {
    const { id, format, seconds = 0 } = item
    if (!format || !this.#pending.has(item)) return
    const events = transcriptEvents(id, said, seconds, format)
    if (this.#hooks) this.#hooks.answer(id, events)
    else for (const event of events) this.#outbox.send(event)
    this.#metrics.audio('realtime', seconds)
    this.#settle(item)
  }

  /** It gets none. */
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
  const heard = parts.filter(({ text }) => text !== '')
  const language = heard.at(-1)?.language
  return {
    ...(language !== undefined && { language }),
    text: heard.map(({ text }) => text).join(' '),
    words: heard.flatMap(({ words = [] }) => words),
  }
}
