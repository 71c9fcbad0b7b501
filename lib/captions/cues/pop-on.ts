import type {
  FinalEvent,
  GapEvent,
  TranscriptEvent,
} from '../../core/transcript-event.ts'
import { type CaptionProfile, rulesFor } from '../profiles.ts'
import { SpeakerMarks } from '../speakers/speaker-marks.ts'
import { breakKind } from './break-kind.ts'
import { breakLines, pauseMs, splitCues } from './split-cues.ts'
import { widthOf, sizeOf, readingTime, cleanText } from './caption-text.ts'
import type { Cue, CueColor, CueException, CueRule, CueSource } from './cue.ts'
import { CueSequencer } from './order-cues.ts'
import { type TimedToken, timedTokens } from './tokens.ts'

/** Uninterrupted speech of one speaker. */
type Phrase = {
  readonly tokens: readonly TimedToken[]
  readonly rules: CaptionProfile
  readonly end: number
  readonly speaker?: string | undefined
  readonly color?: CueColor | undefined
  /** Whether it shares no cue with other speech. */
  readonly alone?: boolean
}

/** Whether the end of a cue depends on the next one. */
const waitsForNext = ({
  maxHoldMs,
  chainGapMs,
  minGapMs,
}: CaptionProfile): boolean => maxHoldMs > 0 || chainGapMs > 0 || minGapMs > 0

const continues = (held: Phrase, next: Phrase): boolean => {
  const silence = next.tokens[0]!.start - held.tokens.at(-1)!.end
  return (
    !held.alone &&
    !next.alone &&
    held.rules === next.rules &&
    held.speaker === next.speaker &&
    silence >= 0 &&
    silence < pauseMs
  )
}

const mergedTokens = (held: Phrase, next: Phrase): TimedToken[] => {
  const last = held.tokens.at(-1)!
  const after = breakKind(last.text, next.tokens[0]!.text)
  return [...held.tokens.slice(0, -1), { ...last, after }, ...next.tokens]
}

type EndLimit = { readonly at: number; readonly why: string }

/** Makes the cues of one channel, which never overlap. */
class PopOnChannel {
  readonly #channel: number | undefined
  /** The phrase of the last cue while its end is unknown. */
  #pending: Phrase | undefined
  #free = 0

  constructor(channel: number | undefined) {
    this.#channel = channel
  }

  /** Start of the next cue; Infinity if none is pending. */
  get earliest(): number {
    return this.#pending
      ? Math.max(this.#pending.tokens[0]!.start, this.#free)
      : Infinity
  }

  add(phrase: Phrase): Cue[] {
    const cues: Cue[] = []
    const held = this.#pending
    this.#pending = undefined
    const [first] = phrase.tokens
    let { tokens } = phrase
    if (held && continues(held, phrase)) tokens = mergedTokens(held, phrase)
    else if (held) {
      const isLate = first!.start < held.tokens[0]!.start
      cues.push(this.#makeCue(held, isLate ? undefined : first!.start))
    }
    const ranges = splitCues(tokens, phrase.rules)
    for (const { from, to } of ranges) {
      const part = { ...phrase, tokens: tokens.slice(from, to) }
      const next = tokens[to]?.start
      if (next === undefined && waitsForNext(phrase.rules) && !phrase.alone)
        this.#pending = part
      else cues.push(this.#makeCue(part, next))
    }
    return cues
  }

  /** Returns cues that are complete if nothing begins before a time (ms). */
  passed(time: number): Cue[] {
    if (!this.#pending) return []
    const { tokens, rules } = this.#pending
    const last = Math.max(
      tokens.at(-1)!.end + rules.maxHoldMs,
      Math.max(tokens[0]!.start, this.#free) + rules.minDurationMs,
    )
    const settled = last + Math.max(pauseMs, rules.chainGapMs, rules.minGapMs)
    return time >= settled ? this.end() : []
  }

  end(): Cue[] {
    const held = this.#pending
    this.#pending = undefined
    return held ? [this.#makeCue(held, undefined)] : []
  }

  /** @param next start of the channel's next cue, if known */
  #makeCue(phrase: Phrase, next: number | undefined): Cue {
    const { tokens, rules, speaker, color } = phrase
    const { minGapMs, maxDurationMs, maxHoldMs, chainGapMs } = rules
    const [first] = tokens
    const start = Math.max(Math.round(first!.start), Math.ceil(this.#free))
    const moved = Math.max(0, start - first!.start)
    const spoken = tokens.at(-1)!.end + moved
    const lines = breakLines(tokens, rules.maxLineWidth)
    const reading = sizeOf(lines)
    const nextStart = next === undefined ? Infinity : Math.round(next)

    const bounds: EndLimit[] = [
      { at: nextStart - minGapMs, why: 'the next words follow too soon' },
      { at: start + maxDurationMs, why: 'it has reached its maximum duration' },
      maxHoldMs > 0
        ? {
            at: Math.max(spoken + maxHoldMs, start + rules.minDurationMs),
            why: `it may stay at most ${maxHoldMs} ms after its words`,
          }
        : {
            at: next === undefined ? phrase.end + moved : Infinity,
            why: 'its turn is over',
          },
    ]
    const bound = bounds.reduce((a, b) => (b.at < a.at ? b : a))
    const needed = Math.max(rules.minDurationMs, readingTime(reading, rules))
    let end = Math.min(Math.max(spoken, start + needed), bound.at)
    const gap = nextStart - end
    if (gap > minGapMs && gap < chainGapMs)
      end = Math.min(nextStart - minGapMs, start + maxDurationMs)
    end = Math.max(start + 1, Math.round(end))
    this.#free = end + minGapMs

    const exceptions: CueException[] = []
    const except = (rule: CueRule, reason: string): void => {
      exceptions.push({ rule, reason })
    }
    if (lines.some(line => widthOf(line) > rules.maxLineWidth))
      except('line-width', 'a character is wider than a line')
    if (end - start < rules.minDurationMs) except('min-duration', bound.why)
    if (end - start + 1 < readingTime(reading, rules))
      except('reading-speed', bound.why)
    const gapAfter = nextStart - end
    if (gapAfter < minGapMs) except('gap', 'the next words follow too soon')
    else if (gapAfter > minGapMs && gapAfter < chainGapMs)
      except('gap', 'it has reached its maximum duration')
    return {
      start,
      end,
      lines,
      ...(speaker !== undefined && { speaker }),
      ...(color && { color }),
      ...(this.#channel !== undefined && { channel: this.#channel }),
      ...(exceptions.length > 0 && { exceptions }),
    }
  }
}

/**
 * Makes whole captions of finals. If the profile holds cues after their words
 * or closes small gaps, the last cue of a turn waits for the next turn, which
 * determines its end and may share it. Otherwise it ends with its turn at the
 * latest.
 *
 * A gap becomes a cue `[inaudible]`, over its whole range if cues do not wait.
 * Cues of several channels come in order of their starts, once no earlier one
 * can follow. A late final is delayed and keeps its duration.
 */
export class PopOn implements CueSource {
  readonly #profile: CaptionProfile
  readonly #prepare: (text: string) => string
  readonly #marks: SpeakerMarks
  readonly #track = new CueSequencer()
  readonly #channels = new Map<number | undefined, PopOnChannel>()
  /** Complete cues that a cue of another channel may precede. */
  #ready: Cue[] = []

  /** @param prepare changes a text before it is divided into cues */
  constructor(profile: CaptionProfile, prepare: (text: string) => string) {
    this.#profile = profile
    this.#prepare = prepare
    this.#marks = new SpeakerMarks(profile.speakerStyle)
  }

  get earliest(): number {
    const earliest = [...this.#channels.values()].map(c => c.earliest)
    return Math.min(...earliest, ...this.#ready.map(({ start }) => start))
  }

  event(event: TranscriptEvent): Cue[] {
    if (event.type !== 'final' && event.type !== 'gap') return []
    this.#advance(event.start)
    if (event.type === 'final') this.#addFinal(event)
    else this.#addGap(event)
    return this.#release(event.start)
  }

  passed(time: number): Cue[] {
    this.#advance(time)
    return this.#release(time)
  }

  end(): Cue[] {
    for (const channel of this.#channels.values())
      this.#ready.push(...channel.end())
    return this.#release(Infinity)
  }

  #advance(time: number): void {
    for (const channel of this.#channels.values())
      this.#ready.push(...channel.passed(time))
  }

  #addFinal(final: FinalEvent): void {
    const rules = rulesFor(this.#profile, final.language)
    const text = cleanText(this.#prepare(final.text))
    if (text === '') return
    const { prefix, color } = this.#marks.next(final.speaker)
    const mark = prefix && !text.startsWith(prefix) ? cleanText(prefix) : ''
    const tokens = timedTokens(final, mark, text, rules.maxLineWidth)
    const end = Math.max(final.start, final.end)
    const { speaker } = final
    this.#ready.push(
      ...this.#channelOf(final.channel).add({
        tokens,
        rules,
        end,
        speaker,
        color,
      }),
    )
  }

  #addGap({ start, channel, ...gap }: GapEvent): void {
    const end = Math.max(start, gap.end)
    const isPlain = this.#profile.maxHoldMs === 0
    const rules = isPlain
      ? { ...this.#profile, maxDurationMs: Infinity }
      : this.#profile
    const text = '[inaudible]'
    const range = { type: 'final', turn: '', text, start, end } as const
    const tokens = timedTokens(range, '', text, rules.maxLineWidth)
    this.#ready.push(
      ...this.#channelOf(channel).add({ tokens, rules, end, alone: true }),
    )
  }

  #channelOf(channel: number | undefined): PopOnChannel {
    const known = this.#channels.get(channel)
    if (known) return known
    const made = new PopOnChannel(channel)
    this.#channels.set(channel, made)
    return made
  }

  /** Returns cues that nothing precedes if events come after `time`. */
  #release(time: number): Cue[] {
    const channels = [...this.#channels]
    let until = Infinity
    if (channels.some(([channel]) => channel !== undefined))
      until = Math.min(time, ...channels.map(([, open]) => open.earliest))
    const cues = this.#ready.toSorted((a, b) => a.start - b.start)
    this.#ready = cues.filter(({ start }) => start > until)
    return cues
      .slice(0, cues.length - this.#ready.length)
      .map(cue => this.#track.place(cue, cue.channel))
  }
}
