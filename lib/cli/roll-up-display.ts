import type { TranscriptEvent } from '../index.ts'
import {
  RollUp,
  type CaptionProfile,
  type CueColor,
  type RollUpScreen,
} from '../captions/index.ts'
import { type TerminalScreen, TranscriptDisplay } from './live-display.ts'
import { oneLine } from './terminal.ts'

const colorCodes: Record<CueColor, number> = {
  white: 37,
  yellow: 33,
  cyan: 36,
  green: 32,
}

/** Calls `run` after some ms; returns a function that cancels it. */
type Schedule = (ms: number, run: () => void) => () => void

const schedule: Schedule = (ms, run) => {
  const timer = setTimeout(run, ms).unref()
  return () => clearTimeout(timer)
}

/**
 * Shows live captions in place. Words are appended and lines roll up. Silence,
 * for which there is no event, clears them after a while.
 */
export class RollUpDisplay extends TranscriptDisplay {
  readonly #profile: CaptionProfile
  readonly #color: boolean
  readonly #schedule: Schedule
  #cancelClear: (() => void) | undefined
  #captions: RollUp
  #lines: readonly string[] = []
  #colors: readonly (CueColor | undefined)[] = []
  #top = 0

  /**
   * @param color whether to show the profile's colours of speakers
   * @param wait replaced by tests
   */
  constructor(
    screen: TerminalScreen,
    profile: CaptionProfile,
    { color }: { readonly color: boolean },
    wait = schedule,
  ) {
    super(screen)
    this.#schedule = wait
    const maxLineWidth = Math.min(profile.maxLineWidth, this.live.columns)
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

  protected reset(): void {
    this.#cancelClear?.()
    this.#lines = []
    this.#top = 0
    this.#captions = new RollUp(this.#profile)
  }

  /** @param at time of the last change, in ms of audio */
  #clearAfter(at: number): void {
    const holdMs = this.#profile.maxHoldMs
    this.#cancelClear?.()
    if (holdMs === Infinity) return
    this.#cancelClear = this.#schedule(holdMs, () => {
      const [screen] = this.#captions.passed(at + holdMs)
      if (screen)
        this.#draw(screen).catch(() => undefined) // the next show() rejects
      else if (this.#lines.length > 0) this.#clearAfter(at + holdMs)
    })
  }

  async #draw(next: RollUpScreen): Promise<void> {
    const before = this.#lines
    this.#lines = next.lines.map(oneLine)
    this.#colors = next.colors ?? []
    const added = next.top === this.#top ? this.#addedTo(before) : undefined
    this.#top = next.top
    if (added === undefined || !this.live.canAppend)
      return this.live.write(this.live.erase() + this.redrawn())
    this.live.appended(added)
    await this.live.write(this.#colored(added, this.#colors.at(-1)))
  }

  /** Returns the text appended to the last line, if nothing else changed. */
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

  protected redrawn(): string {
    this.live.setDrawn(this.#lines)
    return this.#lines
      .map((line, i) => this.#colored(line, this.#colors[i]))
      .join('\n')
  }

  #colored(text: string, color: CueColor | undefined): string {
    if (!this.#color || color === undefined || text === '') return text
    return `\u001B[${colorCodes[color]}m${text}\u001B[39m`
  }
}
