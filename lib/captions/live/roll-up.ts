import type {
  DeltaEvent,
  FinalEvent,
  GapEvent,
  TranscriptEvent,
} from '../../core/transcript-event.ts'
import { cleanText, isVisible } from '../cues/clean-text.ts'
import type { CueColor, CueSource } from '../cues/cue.ts'
import { DeltaText, type DeltaPiece } from './delta-text.ts'
import { widthOf } from '../cues/graphemes.ts'
import { liveCorrection } from './live-correction.ts'
import type { CaptionProfile } from '../profiles.ts'
import { RollingLines } from './rolling-lines.ts'
import { ScreenCues } from './screen-cues.ts'
import { SpeakerMarks } from '../speakers/speaker-looks.ts'
import { timedTokens } from '../cues/token-times.ts'
import { tokensOf } from '../cues/tokens.ts'

/** What a screen of live captions shows from some moment on. */
export type RollUpScreen = {
  /** When, in ms of the audio; never before that of the screen before. */
  readonly at: number
  /** Its lines, the newest last; none where it is empty. */
  readonly lines: readonly string[]
  /**
   * The number of its first line: how many lines have left the screen so far. A
   * line keeps its number, so that it can be seen to move up.
   */
  readonly top: number
  /** Who says the newest words, where that is known. */
  readonly speaker?: string
  /** Of each line, where the profile tells speakers apart by colours. */
  readonly colors?: readonly (CueColor | undefined)[]
}

/** Silence (ms) after which a turn begins a line. */
const pauseMs = 2000
/** Silence (ms) that words wait for where they could be shown before it. */
const phraseMs = 500
/** Columns kept free behind a word that may go on, at first: for `."`. */
const closingWidth = 2
/** The most columns kept free, as words are seen to grow by so many. */
const maxGrowth = 12
/** Turns without a final that are remembered. */
const maxOpen = 64

/** Stands before what is corrected, and before a turn that goes on late. */
const mark = '--'
/** Whether a text is no word: it would make no sense on a line alone. */
const isPunctuation = (text: string): boolean => /^[\p{P}\s]+$/u.test(text)

const inaudible = '[inaudible]'

/** A turn without a final. */
type OpenTurn = {
  readonly text: DeltaText
  /** When it begins, where that is known. */
  start: number | undefined
  /** Columns of what was added to its last word since that was shown. */
  grown: number
  /** Whether it has words on the screen, or had. */
  begun: boolean
}

/**
 * A screen of live captions: lines that roll up as words come. It follows the
 * rules of live subtitles (BBC Subtitle Guidelines, section 21): words are put
 * behind those before, and nothing that is shown is ever changed, moved within
 * its line, or taken back.
 *
 * - A delta's words appear with it. A word that does not fit begins a line; so
 *   does one that may still grow where there would be no room for it, for deltas
 *   may be parts of words. What does not fit in spite of that goes on below.
 * - A turn goes on where the last one ended. It begins a line after a pause of
 *   2 s, and where the speaker is known to be another (marked as the profile
 *   says).
 * - Words of a turn that come after those of another, as when a final is late,
 *   begin a line with `--`; and so does that other turn when it goes on.
 * - A final whose turn was shown adds what was not shown yet. Only serious
 *   errors are corrected, behind it: `-- fifteen` ({@link liveCorrection}).
 * - A final without deltas is shown line by line, each when its first word is
 *   spoken; what follows a pause of half a second comes behind that. As deltas
 *   do not say who speaks, only such finals have marks.
 * - A gap is a line `[inaudible]`, alone once it has lasted `maxHoldMs`.
 * - The screen is cleared `maxHoldMs` after the last word: as soon as an event
 *   shows that this time is over.
 */
export class RollUp {
  readonly #profile: CaptionProfile
  readonly #lines: RollingLines
  readonly #marks: SpeakerMarks
  readonly #open = new Map<string, OpenTurn>()
  /** Whose words are the newest. */
  #turn: OpenTurn | undefined
  #speaker: string | undefined
  #color: CueColor | undefined
  #screens: RollUpScreen[] = []
  /** When the last screen was shown. */
  #at = 0
  /** The latest time that any event told. */
  #now = 0
  /** When the last word was shown or spoken; the screen is held from there. */
  #wordAt = 0
  /** End of what was spoken. */
  #spokenTo = 0
  #growth = closingWidth
  /** The gap that is shown, if it is the newest: its first line, and when. */
  #missed: { readonly line: number; readonly at: number } | undefined

  /** @param profile of which it takes the size, `maxHoldMs` and `speakers` */
  constructor(profile: CaptionProfile) {
    this.#profile = profile
    this.#lines = new RollingLines(profile.maxLineWidth, profile.maxLineCount)
    this.#marks = new SpeakerMarks(profile.speakers)
  }

  /**
   * The screens that an event brings, most often one or none. There are several
   * where one could not show all its words, or time has passed.
   */
  event(event: TranscriptEvent): RollUpScreen[] {
    switch (event.type) {
      case 'speech-start':
        this.#opened(event.turn).start ??= event.at
        this.#pass(event.at)
        break
      case 'speech-end':
        this.#pass(event.at)
        break
      case 'delta':
        this.#hear(event)
        break
      case 'final':
        this.#settle(event)
        break
      case 'gap':
        this.#miss(event)
        break
      case 'end':
        this.#open.clear()
        this.#pass(event.duration)
    }
    return this.#given()
  }

  /** Those that come because a time has passed, and nothing was said. */
  passed(time: number): RollUpScreen[] {
    this.#pass(time)
    return this.#given()
  }

  /** The last screen: an empty one. */
  end(): RollUpScreen[] {
    this.#open.clear()
    this.#pass(Infinity)
    return this.#given()
  }

  #given(): RollUpScreen[] {
    const screens = this.#screens
    this.#screens = []
    return screens
  }

  #opened(name: string): OpenTurn {
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

  #hear({ turn: name, text, at = this.#now }: DeltaEvent): void {
    const turn = this.#opened(name)
    const pieces = turn.text.read(text)
    if (pieces.length === 0) return this.#pass(at)
    turn.start ??= at
    this.#add(turn, pieces, at)
  }

  /** Shows words of a turn, as they come. */
  #add(turn: OpenTurn, pieces: readonly DeltaPiece[], at: number): void {
    this.#pass(at)
    const isOther = turn !== this.#turn
    // no line is for a full stop alone
    if (isOther && pieces.every(({ text }) => isPunctuation(text))) return
    if (isOther) this.#speaker = undefined
    const goesOn = isOther && turn.begun
    this.#enter(turn, undefined)
    const first = pieces[0]!.text
    if (goesOn && first !== mark) this.#put(mark, false, 1 + widthOf(first), at)
    for (const [i, piece] of pieces.entries()) {
      const { text, glued, open } = piece
      this.#learn(turn, piece)
      let spare = open && !glued ? this.#growth : 0
      const next = pieces[i + 1]
      if (text === mark && next) spare = 1 + widthOf(next.text)
      this.#put(text, glued && !(isOther && i === 0), spare, at)
    }
    this.#show(at)
    this.#wordAt = Math.max(this.#wordAt, at)
    this.#spokenTo = this.#wordAt
  }

  /** Sees by how much the words grow that deltas bring in parts. */
  #learn(turn: OpenTurn, { text, glued }: DeltaPiece): void {
    turn.grown = glued ? turn.grown + widthOf(text) : 0
    const most = Math.min(maxGrowth, this.#profile.maxLineWidth / 4)
    this.#growth = Math.max(this.#growth, Math.min(turn.grown, most))
  }

  /** From here on it is this turn's words that come. */
  #enter(
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
    this.#missed = undefined
  }

  #put(text: string, glued: boolean, spare: number, at: number): void {
    const lines = this.#lines
    if (lines.fits(text, glued, spare)) return lines.append(text, glued)
    // such as the no-break space behind a word, and no comma begins a line
    if (!isVisible(text) || (glued && isPunctuation(text))) return
    if (lines.hides) this.#show(at)
    lines.begin(text, this.#color)
  }

  #settle(final: FinalEvent): void {
    const turn = this.#opened(final.turn)
    this.#open.delete(final.turn)
    for (const [name, { start, text }] of this.#open)
      // finals come in order: it has none
      if (text.shown === '' && start !== undefined && start < final.start)
        this.#open.delete(name)
    const text = cleanText(final.text)
    if (turn.text.shown === '') this.#recite(final, turn, text)
    else if (text !== '') this.#correct(final, turn, text)
    this.#spokenTo = Math.max(this.#spokenTo, final.end)
    this.#pass(final.end)
  }

  #correct(final: FinalEvent, turn: OpenTurn, text: string): void {
    this.#marks.next(final.speaker)
    const { rest, corrections } = liveCorrection(turn.text.shown, text)
    const said = [
      turn === this.#turn || !isPunctuation(rest) ? rest : '',
      ...corrections.map(right => ` ${mark} ${right}`),
    ].join('')
    const pieces = turn.text.read(said)
    const at = Math.max(this.#now, final.end)
    if (pieces.length > 0) this.#add(turn, pieces, at)
  }

  /** Shows a final that had no deltas. */
  #recite(final: FinalEvent, turn: OpenTurn, text: string): void {
    const { prefix, color } = this.#marks.next(final.speaker)
    if (text === '') return
    const width = this.#profile.maxLineWidth
    const tokens = timedTokens(final, prefix, text, width)
    const { start } = tokens[0]!
    turn.start = start
    this.#pass(start)
    this.#speaker = final.speaker
    const isLate = start < this.#spokenTo
    this.#enter(turn, color, prefix !== '' || isLate)
    let lineAt = start
    let last = start
    for (const { text, glued, start, end } of tokens) {
      if (start - last >= pauseMs) this.#lines.endLine()
      if (start - last >= phraseMs || !this.#lines.fits(text, glued, 0)) {
        this.#show(lineAt)
        this.#pass(start)
        lineAt = start
      }
      this.#put(text, glued, 0, lineAt)
      last = end
      this.#wordAt = Math.max(this.#wordAt, end)
    }
    this.#show(lineAt)
  }

  #miss({ start, end }: GapEvent): void {
    this.#pass(start)
    const lines = this.#lines
    if (!this.#missed || lines.texts.length === 0) {
      this.#turn = undefined
      this.#color = undefined
      this.#speaker = undefined
      lines.endLine()
      const line = lines.top + lines.texts.length
      const tokens = tokensOf(inaudible, this.#profile.maxLineWidth)
      for (const { text, glued } of tokens) this.#put(text, glued, 0, start)
      lines.endLine()
      this.#show(start)
      this.#missed = { line, at: this.#at }
    }
    const { line, at } = this.#missed
    const alone = at + this.#profile.maxHoldMs
    if (alone < end && lines.top < line) {
      lines.leave(line - lines.top)
      this.#emit(alone)
    }
    this.#wordAt = Math.max(this.#wordAt, end)
    this.#spokenTo = Math.max(this.#spokenTo, end)
  }

  /** Time has passed: clears the screen if that was long enough. */
  #pass(at: number): void {
    this.#now = Math.max(this.#now, at)
    const over = this.#wordAt + this.#profile.maxHoldMs
    const { length } = this.#lines.texts
    if (length === 0 || over > at) return
    // what was spoken before may still come, with the final of its turn
    for (const { start, text } of this.#open.values())
      if (start !== undefined && start < over && text.shown === '') return
    this.#lines.leave(length)
    this.#emit(over === Infinity ? this.#wordAt : over)
  }

  #show(at: number): void {
    if (this.#lines.fresh) this.#emit(at)
  }

  #emit(at: number): void {
    const { texts: lines, colors, top } = this.#lines
    this.#lines.look()
    this.#at = Math.max(this.#at, at)
    this.#screens.push({
      at: this.#at,
      lines,
      top,
      ...(lines.length > 0 &&
        this.#speaker !== undefined && { speaker: this.#speaker }),
      ...(this.#profile.speakers === 'colors' && { colors }),
    })
  }
}

/**
 * Cues of live captions: each is what the screen shows until it changes. Deltas
 * that tell no time are left out, and their words come with the final.
 *
 * @param prepare changes a line as its format needs
 */
export const rollUp = (
  profile: CaptionProfile,
  prepare?: (text: string) => string,
): CueSource => {
  const screen = new RollUp(profile)
  const cues = new ScreenCues(profile, prepare)
  return {
    event: event =>
      event.type === 'delta' && event.at === undefined
        ? []
        : cues.add(screen.event(event)),
    passed: time => cues.add(screen.passed(time)),
    get earliest() {
      return cues.earliest
    },
    end: () => cues.add(screen.end()),
  }
}
