import {
  RollUp,
  type CaptionProfile,
  type CueColor,
  type RollUpScreen,
  type TranscriptEvent,
} from '../index.ts'
import type { Display, Screen } from './display.ts'
import { DrawnLines } from './drawn-lines.ts'
import { oneLine } from './terminal-safe.ts'

const codes: Record<CueColor, number> = {
  white: 37,
  yellow: 33,
  cyan: 36,
  green: 32,
}

/** Runs something after some ms; the answer takes that back. */
type Later = (ms: number, run: () => void) => () => void

const later: Later = (ms, run) => {
  const timer = setTimeout(run, ms).unref()
  return () => clearTimeout(timer)
}

/**
 * Live captions on a terminal: the few lines of their screen, in place. Words
 * appear behind those before; lines roll up. They leave once nobody has spoken
 * for a while, though no event says so.
 */
export class RollUpDisplay implements Display {
  readonly #drawn: DrawnLines
  readonly #profile: CaptionProfile
  readonly #color: boolean
  readonly #later: Later
  #takeBack: (() => void) | undefined
  #captions: RollUp
  #lines: readonly string[] = []
  #colors: readonly (CueColor | undefined)[] = []
  #top = 0

  /**
   * @param color whether speakers have theirs, where the profile has colours
   * @param wait for tests
   */
  constructor(
    screen: Screen,
    profile: CaptionProfile,
    { color }: { readonly color: boolean },
    wait = later,
  ) {
    this.#later = wait
    this.#drawn = new DrawnLines(screen)
    const maxLineWidth = Math.min(profile.maxLineWidth, this.#drawn.columns)
    this.#profile = { ...profile, maxLineWidth }
    this.#color = color
    this.#captions = new RollUp(this.#profile)
  }

  async show(event: TranscriptEvent): Promise<void> {
    const screens = this.#captions.event(event)
    const last = screens.at(-1)
    if (last) this.#clearAfter(last.at)
    for (const screen of screens) await this.#draw(screen)
  }

  around(print: () => void): void {
    this.#drawn.around(print, () => this.#redrawn())
  }

  interrupted(): void {
    this.#drawn.interrupted(() => this.#redrawn())
  }

  async end(): Promise<void> {
    this.#takeBack?.()
    const isOpen = this.#drawn.count > 0
    this.#drawn.left()
    this.#lines = []
    this.#top = 0
    this.#captions = new RollUp(this.#profile)
    if (isOpen) await this.#drawn.write('\n')
  }

  /** @param at when the screen was last changed, in ms of the audio */
  #clearAfter(at: number): void {
    const hold = this.#profile.maxHoldMs
    this.#takeBack?.()
    if (hold === Infinity) return
    this.#takeBack = this.#later(hold, () => {
      const [screen] = this.#captions.passed(at + hold)
      if (screen)
        this.#draw(screen).catch(() => undefined) // show() tells
      else if (this.#lines.length > 0) this.#clearAfter(at + hold)
    })
  }

  async #draw(next: RollUpScreen): Promise<void> {
    const before = this.#lines
    this.#lines = next.lines.map(oneLine)
    this.#colors = next.colors ?? []
    const added = next.top === this.#top ? this.#addedTo(before) : undefined
    this.#top = next.top
    if (added === undefined || !this.#drawn.steady)
      return this.#drawn.write(this.#drawn.erased() + this.#redrawn())
    this.#drawn.extended(added)
    await this.#drawn.write(this.#dressed(added, this.#colors.at(-1)))
  }

  /** What the last line has more than before, where that is all that is new. */
  #addedTo(before: readonly string[]): string | undefined {
    const last = this.#lines.at(-1)
    const old = before.at(-1)
    if (last === undefined || old === undefined) return undefined
    if (this.#lines.length !== before.length) return undefined
    const isSame = this.#lines
      .slice(0, -1)
      .every((line, i) => line === before[i])
    return isSame && last.startsWith(old) ? last.slice(old.length) : undefined
  }

  #redrawn(): string {
    this.#drawn.drawn(this.#lines)
    return this.#lines
      .map((line, i) => this.#dressed(line, this.#colors[i]))
      .join('\n')
  }

  #dressed(text: string, color: CueColor | undefined): string {
    if (!this.#color || color === undefined || text === '') return text
    return `\u001B[${codes[color]}m${text}\u001B[39m`
  }
}
