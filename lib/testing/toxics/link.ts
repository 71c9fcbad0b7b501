import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Effect, type Line, type Parcel, effectOf } from './effects.ts'
import type { Toxic } from './toxic.ts'

/** An active toxic; `gone` aborts when it is removed. */
export type ActiveToxic = { readonly toxic: Toxic; readonly gone: AbortSignal }

/** Bytes that may wait in a link before its source is read no further. */
const MOST_WAITING = 65_536

type LinkParts = {
  readonly from: Socket
  readonly to: Socket
  readonly random: () => number
  /** Closes, or resets, both sides of the connection. */
  readonly end: (how: 'close' | 'reset') => void
}

/** One direction of a connection: reads, applies the toxics, and writes. */
export class Link {
  readonly #parts: LinkParts
  readonly #closed = new AbortController()
  readonly #waiting: Parcel[] = []
  #waitingBytes = 0
  #ended = false
  #pumping = false
  #effects: { readonly toxic: Toxic; readonly effect: Effect }[] = []

  constructor(parts: LinkParts) {
    this.#parts = parts
    const { from } = parts
    from.on('data', (bytes: Buffer) => {
      this.#waiting.push({ bytes, at: performance.now() })
      this.#waitingBytes += bytes.length
      if (this.#waitingBytes > MOST_WAITING) from.pause()
      void this.#pump()
    })
    from.on('end', () => {
      this.#ended = true
      void this.#pump()
    })
  }

  /** Adds a toxic. */
  add({ toxic, gone }: ActiveToxic): void {
    const line = this.#lineOf(gone)
    const effect = effectOf(toxic, line)
    this.#effects.push({ toxic, effect })
    effect.start?.().catch(() => {}) // closed, or removed, before it was due
  }

  /** Removes a toxic. */
  remove(toxic: Toxic): void {
    this.#effects = this.#effects.filter(active => active.toxic !== toxic)
  }

  /** Passes nothing any more. */
  close(): void {
    this.#closed.abort()
  }

  #lineOf(gone: AbortSignal): Line {
    const closed = this.#closed.signal
    return {
      random: this.#parts.random,
      close: () => {
        if (!gone.aborted) this.#parts.end('close')
      },
      reset: () => {
        if (!gone.aborted) this.#parts.end('reset')
      },
      wait: async ms => {
        closed.throwIfAborted()
        if (ms <= 0 || gone.aborted) return
        const signal = AbortSignal.any([closed, gone])
        await sleep(ms, undefined, { signal }).catch(() => {})
        closed.throwIfAborted()
      },
    }
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return
    this.#pumping = true
    try {
      for (let parcel; (parcel = this.#waiting.shift());) {
        this.#waitingBytes -= parcel.bytes.length
        await this.#deliver(parcel, 0)
        this.#parts.from.resume()
      }
      const blocked = this.#effects.some(({ effect }) => effect.blocks)
      if (this.#ended && !blocked) this.#parts.to.end()
    } catch {
      // closed while data was in transit
    }
    this.#pumping = false
  }

  async #deliver(parcel: Parcel, from: number): Promise<void> {
    const effects = this.#effects
    for (let i = from; i < effects.length; i++) {
      const { pass } = effects[i]!.effect
      if (!pass) continue
      for await (const piece of pass(parcel)) await this.#deliver(piece, i + 1)
      return
    }
    this.#closed.signal.throwIfAborted()
    const { to } = this.#parts
    if (!to.writable || to.write(parcel.bytes)) return
    await once(to, 'drain', { signal: this.#closed.signal })
  }
}
