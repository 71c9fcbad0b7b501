import type { FinalEvent } from '../../core/transcript-event.ts'
import {
  committed,
  transcriptionFailed,
} from '../../openai/wire/server-event.ts'
import type { Metrics } from '../metrics.ts'
import { type AnswerForm, answerOf } from './answer.ts'
import type { Outbox } from './outbox.ts'
import type { SessionHooks } from './session-hooks.ts'

/** What was said in some audio. */
export type Said = Pick<FinalEvent, 'text' | 'words' | 'language'>

/** A turn as the client sees it. */
export type Item = {
  readonly id: string
  /** Where its audio begins in all that came, in ms. */
  readonly start: number
  /** How its transcript is told, once it is committed; undefined: not. */
  form?: AnswerForm | undefined
  /** How long its audio is, once it is committed. */
  seconds?: number
  /** What was said in it before the engine's session changed. */
  before?: readonly Promise<readonly Said[]>[]
  /** Whether nothing more is said of it. */
  isOver?: boolean
}

/** The turns that were committed, and those without a transcript yet. */
export class Items {
  readonly #outbox: Outbox
  readonly #metrics: Metrics
  readonly #hooks: SessionHooks | undefined
  readonly #pending = new Set<Item>()
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
  commit(item: Item, end: number, form: AnswerForm | undefined): void {
    this.#hooks?.onCommit(item.id)
    for (const event of committed(item.id, this.#previous))
      this.#outbox.send(event)
    this.#previous = item.id
    item.seconds = Math.max(0, Math.round((end - item.start) * 1_000)) / 1e6
    item.form = form
    if (form) this.#pending.add(item)
  }

  /** Its transcript is there. */
  complete(item: Item, said: Said): void {
    const { before } = item
    if (!before) return this.#answer(item, said)
    void Promise.all(before).then(parts =>
      this.#answer(item, joined([...parts.flat(), said])),
    )
  }

  #answer(item: Item, said: Said): void {
    const { id, form, seconds = 0 } = item
    if (!form || !this.#pending.has(item)) return
    const events = answerOf(id, said, seconds, form)
    if (this.#hooks) this.#hooks.answer(id, events)
    else for (const event of events) this.#outbox.send(event)
    this.#metrics.audio('realtime', seconds)
    this.#settle(item)
  }

  /** It gets none. */
  fail(item: Item): void {
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

  #settle(item: Item): void {
    item.isOver = true
    this.#pending.delete(item)
    if (this.#pending.size === 0) this.#onSettled?.()
  }
}

const joined = (parts: readonly Said[]): Said => {
  const heard = parts.filter(({ text }) => text !== '')
  const language = heard.at(-1)?.language
  return {
    ...(language !== undefined && { language }),
    text: heard.map(({ text }) => text).join(' '),
    words: heard.flatMap(({ words = [] }) => words),
  }
}
