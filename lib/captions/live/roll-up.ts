import type {
  DeltaEvent,
  FinalEvent,
  GapEvent,
  TranscriptEvent,
} from '../../core/transcript-event.ts'
import { cleanText, isVisible, widthOf } from '../cues/caption-text.ts'
import type { CueColor } from '../cues/cue.ts'
import {
  DeltaText,
  type DeltaPiece,
  RollingLines,
  type RollUpScreen,
} from './roll-up-screen.ts'
import { liveCorrection } from './live-correction.ts'
import type { CaptionProfile } from '../profiles.ts'
import { SpeakerMarks } from '../speakers/speaker-marks.ts'
import { timedTokens, tokensOf } from '../cues/tokens.ts'

/** Silence (ms) after which a turn begins a line. */
const pauseMs = 2000
/** Silence (ms) after which words are only shown when they are spoken. */
const phraseMs = 500
/** Initial free columns after a word that may continue: for `."`. */
const closingWidth = 2
const maxGrowth = 12
const maxOpen = 64

/** Precedes corrections, and turns that continue late. */
const correctionMark = '--'
/** Whether a text is no word and should not be alone on a line. */
const isPunctuation = (text: string): boolean => /^[\p{P}\s]+$/u.test(text)

const inaudible = '[inaudible]'

type OpenTurn = {
  readonly text: DeltaText
  start: number | undefined
  /** Columns added to its last word since it was shown. */
  grown: number
  /** Whether some of its words have been shown. */
  begun: boolean
}

/**
 * A screen of live captions whose lines roll up as words come, by the rules for
 * live subtitles (BBC Subtitle Guidelines, section 21): words are appended, and
 * shown text is never changed, moved within its line, or removed.
 *
 * - The words of a delta appear with it. A word that does not fit begins a
 *   line. So does one that may still grow without room for it, since deltas may
 *   be parts of words; what still does not fit continues on the next line.
 * - A turn continues after the previous one. It begins a line after a pause of
 *   2 s, or if its speaker is known to be another (marked as the profile says).
 * - Words of a turn that come after those of another, such as those of a late
 *   final, begin a line with `--`, and so does the other turn when it
 *   continues.
 * - A final of a shown turn adds what was not shown yet. Only serious errors
 *   are corrected, after it: `-- fifteen` ({@link liveCorrection}).
 * - A final without deltas is shown line by line, each when its first word is
 *   spoken, and in parts after pauses of half a second. Only such finals have
 *   marks, since deltas have no speaker.
 * - A gap is a line `[inaudible]`, alone after `maxHoldMs`.
 * - The screen is cleared `maxHoldMs` after the last word, when an event shows
 *   that this time is over.
 */
export class RollUp {
  readonly #profile: CaptionProfile
  readonly #lines: RollingLines
  readonly #marks: SpeakerMarks
  readonly #open = new Map<string, OpenTurn>()
  #turn: OpenTurn | undefined
  #speaker: string | undefined
  #color: CueColor | undefined
  #screens: RollUpScreen[] = []
  #at = 0
  #now = 0
  /** Time of the last word; the hold time starts there. */
  #wordAt = 0
  #spokenTo = 0
  #growth = closingWidth
  /** The shown gap if it is the newest: its first line and time. */
  #shownGap: { readonly line: number; readonly at: number } | undefined

  /** @param profile its size, `maxHoldMs` and `speakerStyle` apply */
  constructor(profile: CaptionProfile) {
    this.#profile = profile
    this.#lines = new RollingLines(profile.maxLineWidth, profile.maxLineCount)
    this.#marks = new SpeakerMarks(profile.speakerStyle)
  }

  /**
   * Returns the screens that an event causes: usually none or one; several if
   * one could not show all words, or time has passed.
   */
  event(event: TranscriptEvent): RollUpScreen[] {
    switch (event.type) {
      case 'speech-start':
        this.#openTurn(event.turn).start ??= event.at
        this.#advance(event.at)
        break
      case 'speech-end':
        this.#advance(event.at)
        break
      case 'delta':
        this.#addDelta(event)
        break
      case 'final':
        this.#addFinal(event)
        break
      case 'gap':
        this.#addGap(event)
        break
      case 'end':
        this.#open.clear()
        this.#advance(event.duration)
    }
    return this.#takeScreens()
  }

  /** Returns the screens until a time without speech. */
  passed(time: number): RollUpScreen[] {
    this.#advance(time)
    return this.#takeScreens()
  }

  /** Returns the last screen, which is empty. */
  end(): RollUpScreen[] {
    this.#open.clear()
    this.#advance(Infinity)
    return this.#takeScreens()
  }

  #takeScreens(): RollUpScreen[] {
    const screens = this.#screens
    this.#screens = []
    return screens
  }

  #openTurn(name: string): OpenTurn {
    let turn = this.#open.get(name)
    if (!turn) {
      const text = new DeltaText(this.#profile.maxLineWidth)
      turn = { text, start: undefined, grown: 0, begun: false }
      this.#open.set(name, turn)
      if (this.#open.size > maxOpen)
        this.#open.delete(this.#open.keys().next().value!)
    }
    return turn
  }

  #addDelta({ turn: name, text, at = this.#now }: DeltaEvent): void {
    const turn = this.#openTurn(name)
    const pieces = turn.text.read(text)
    if (pieces.length === 0) return this.#advance(at)
    turn.start ??= at
    this.#add(turn, pieces, at)
  }

  #add(turn: OpenTurn, pieces: readonly DeltaPiece[], at: number): void {
    this.#advance(at)
    const isOther = turn !== this.#turn
    if (isOther && pieces.every(({ text }) => isPunctuation(text))) return
    if (isOther) this.#speaker = undefined
    const goesOn = isOther && turn.begun
    this.#switchTo(turn, undefined)
    const first = pieces[0]!.text
    if (goesOn && first !== correctionMark)
      this.#put(correctionMark, false, 1 + widthOf(first), at)
    for (const [i, piece] of pieces.entries()) {
      const { text, attached, open } = piece
      this.#measureGrowth(turn, piece)
      let spare = open && !attached ? this.#growth : 0
      const next = pieces[i + 1]
      if (text === correctionMark && next) spare = 1 + widthOf(next.text)
      this.#put(text, attached && !(isOther && i === 0), spare, at)
    }
    this.#show(at)
    this.#wordAt = Math.max(this.#wordAt, at)
    this.#spokenTo = this.#wordAt
  }

  #measureGrowth(turn: OpenTurn, { text, attached }: DeltaPiece): void {
    turn.grown = attached ? turn.grown + widthOf(text) : 0
    const most = Math.min(maxGrowth, this.#profile.maxLineWidth / 4)
    this.#growth = Math.max(this.#growth, Math.min(turn.grown, most))
  }

  #switchTo(
    turn: OpenTurn,
    color: CueColor | undefined,
    marked = turn.begun,
  ): void {
    if (turn === this.#turn) return
    const pause = turn.start! - this.#spokenTo
    if (marked || color !== this.#color || pause >= pauseMs)
      this.#lines.endLine()
    turn.begun = true
    this.#turn = turn
    this.#color = color
    this.#shownGap = undefined
  }

  #put(text: string, attached: boolean, spare: number, at: number): void {
    const lines = this.#lines
    if (lines.fits(text, attached, spare)) return lines.append(text, attached)
    // No-break spaces and punctuation do not begin a line.
    if (!isVisible(text) || (attached && isPunctuation(text))) return
    if (lines.wouldHideUnshown) this.#show(at)
    lines.startLine(text, this.#color)
  }

  #addFinal(final: FinalEvent): void {
    const turn = this.#openTurn(final.turn)
    this.#open.delete(final.turn)
    for (const [name, { start, text }] of this.#open)
      // Finals come in order, so this turn has none.
      if (text.shown === '' && start !== undefined && start < final.start)
        this.#open.delete(name)
    const text = cleanText(final.text)
    if (turn.text.shown === '') this.#showFinal(final, turn, text)
    else if (text !== '') this.#correct(final, turn, text)
    this.#spokenTo = Math.max(this.#spokenTo, final.end)
    this.#advance(final.end)
  }

  #correct(final: FinalEvent, turn: OpenTurn, text: string): void {
    this.#marks.next(final.speaker)
    const { rest, corrections } = liveCorrection(turn.text.shown, text)
    const said = [
      turn === this.#turn || !isPunctuation(rest) ? rest : '',
      ...corrections.map(right => ` ${correctionMark} ${right}`),
    ].join('')
    const pieces = turn.text.read(said)
    const at = Math.max(this.#now, final.end)
    if (pieces.length > 0) this.#add(turn, pieces, at)
  }

  #showFinal(final: FinalEvent, turn: OpenTurn, text: string): void {
    const { prefix, color } = this.#marks.next(final.speaker)
    if (text === '') return
    const width = this.#profile.maxLineWidth
    const tokens = timedTokens(final, prefix, text, width)
    const { start } = tokens[0]!
    turn.start = start
    this.#advance(start)
    this.#speaker = final.speaker
    const isLate = start < this.#spokenTo
    this.#switchTo(turn, color, prefix !== '' || isLate)
    let lineAt = start
    let last = start
    for (const { text, attached, start, end } of tokens) {
      if (start - last >= pauseMs) this.#lines.endLine()
      if (start - last >= phraseMs || !this.#lines.fits(text, attached, 0)) {
        this.#show(lineAt)
        this.#advance(start)
        lineAt = start
      }
      this.#put(text, attached, 0, lineAt)
      last = end
      this.#wordAt = Math.max(this.#wordAt, end)
    }
    this.#show(lineAt)
  }

  #addGap({ start, end }: GapEvent): void {
    this.#advance(start)
    const lines = this.#lines
    if (!this.#shownGap || lines.texts.length === 0) {
      this.#turn = undefined
      this.#color = undefined
      this.#speaker = undefined
      lines.endLine()
      const line = lines.top + lines.texts.length
      const tokens = tokensOf(inaudible, this.#profile.maxLineWidth)
      for (const { text, attached } of tokens)
        this.#put(text, attached, 0, start)
      lines.endLine()
      this.#show(start)
      this.#shownGap = { line, at: this.#at }
    }
    const { line, at } = this.#shownGap
    const alone = at + this.#profile.maxHoldMs
    if (alone < end && lines.top < line) {
      lines.scrollOut(line - lines.top)
      this.#emit(alone)
    }
    this.#wordAt = Math.max(this.#wordAt, end)
    this.#spokenTo = Math.max(this.#spokenTo, end)
  }

  #advance(at: number): void {
    this.#now = Math.max(this.#now, at)
    const over = this.#wordAt + this.#profile.maxHoldMs
    const { length } = this.#lines.texts
    if (length === 0 || over > at) return
    // A pending final may contain earlier speech.
    for (const { start, text } of this.#open.values())
      if (start !== undefined && start < over && text.shown === '') return
    this.#lines.scrollOut(length)
    this.#emit(over === Infinity ? this.#wordAt : over)
  }

  #show(at: number): void {
    if (this.#lines.hasChanged) this.#emit(at)
  }

  #emit(at: number): void {
    const { texts: lines, colors, top } = this.#lines
    this.#lines.markShown()
    this.#at = Math.max(this.#at, at)
    this.#screens.push({
      at: this.#at,
      lines,
      top,
      ...(lines.length > 0 &&
        this.#speaker !== undefined && { speaker: this.#speaker }),
      ...(this.#profile.speakerStyle === 'colors' && { colors }),
    })
  }
}
