import { breakKind } from './break-kind.ts'
import { breakLines } from './break-lines.ts'
import type { Cue, CueColor, CueException, CueRule } from './cue.ts'
import { widthOf } from './graphemes.ts'
import type { CaptionProfile } from '../profiles.ts'
import { readingOf, readingTime } from './reading-time.ts'
import { pauseMs, splitCues } from './split-cues.ts'
import type { TimedToken } from './token-times.ts'

/** What is said without interruption by one speaker. */
export type Phrase = {
  readonly tokens: readonly TimedToken[]
  readonly rules: CaptionProfile
  /** When its turn ends, in ms. */
  readonly end: number
  readonly speaker?: string | undefined
  readonly color?: CueColor | undefined
  /** Whether it shares no cue with what comes before or after. */
  readonly alone?: boolean
}

/** Whether a profile needs to know what follows before a cue can end. */
const waits = ({ maxHoldMs, chainGapMs, minGapMs }: CaptionProfile): boolean =>
  maxHoldMs > 0 || chainGapMs > 0 || minGapMs > 0

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

/** The tokens of two phrases, as those of one. */
const together = (held: Phrase, next: Phrase): TimedToken[] => {
  const last = held.tokens.at(-1)!
  const after = breakKind(last.text, next.tokens[0]!.text)
  return [...held.tokens.slice(0, -1), { ...last, after }, ...next.tokens]
}

/** What may end a cue before its time, and when. */
type Bound = { readonly at: number; readonly why: string }

/** The cues of one channel, which never overlap. */
export class PopOnLane {
  readonly #channel: number | undefined
  /** What its last cue is made of, where its end is not known yet. */
  #held: Phrase | undefined
  /** When the next cue may begin. */
  #free = 0

  constructor(channel: number | undefined) {
    this.#channel = channel
  }

  /** No cue that is still to come begins before this. */
  get earliest(): number {
    return this.#held
      ? Math.max(this.#held.tokens[0]!.start, this.#free)
      : Infinity
  }

  /** The cues that are settled by what is said next. */
  add(phrase: Phrase): Cue[] {
    const cues: Cue[] = []
    const held = this.#held
    this.#held = undefined
    const [first] = phrase.tokens
    let { tokens } = phrase
    if (held && continues(held, phrase)) tokens = together(held, phrase)
    else if (held) {
      const isLate = first!.start < held.tokens[0]!.start
      cues.push(this.#show(held, isLate ? undefined : first!.start))
    }
    const ranges = splitCues(tokens, phrase.rules)
    for (const { from, to } of ranges) {
      const part = { ...phrase, tokens: tokens.slice(from, to) }
      const next = tokens[to]?.start
      if (next === undefined && waits(phrase.rules) && !phrase.alone)
        this.#held = part
      else cues.push(this.#show(part, next))
    }
    return cues
  }

  /** The cues that are settled once nothing begins before a time (ms). */
  passed(time: number): Cue[] {
    if (!this.#held) return []
    const { tokens, rules } = this.#held
    const last = Math.max(
      tokens.at(-1)!.end + rules.maxHoldMs,
      Math.max(tokens[0]!.start, this.#free) + rules.minDurationMs,
    )
    const settled = last + Math.max(pauseMs, rules.chainGapMs, rules.minGapMs)
    return time >= settled ? this.end() : []
  }

  /** The last cue. */
  end(): Cue[] {
    const held = this.#held
    this.#held = undefined
    return held ? [this.#show(held, undefined)] : []
  }

  /** @param next when the next cue of the channel begins, where that is known */
  #show(phrase: Phrase, next: number | undefined): Cue {
    const { tokens, rules, speaker, color } = phrase
    const { minGapMs, maxDurationMs, maxHoldMs, chainGapMs } = rules
    const [first] = tokens
    const start = Math.max(Math.round(first!.start), Math.ceil(this.#free))
    const moved = Math.max(0, start - first!.start)
    const spoken = tokens.at(-1)!.end + moved
    const lines = breakLines(tokens, rules.maxLineWidth)
    const reading = readingOf(lines)
    const nextStart = next === undefined ? Infinity : Math.round(next)

    const bounds: Bound[] = [
      { at: nextStart - minGapMs, why: 'the next words follow too soon' },
      { at: start + maxDurationMs, why: 'it may stay no longer' },
      maxHoldMs > 0
        ? {
            at: Math.max(spoken + maxHoldMs, start + rules.minDurationMs),
            why: `it may stay no more than ${maxHoldMs} ms behind its words`,
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
    const left = nextStart - end
    if (left < minGapMs) except('gap', 'the next words follow too soon')
    else if (left > minGapMs && left < chainGapMs)
      except('gap', 'it may stay no longer')
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
