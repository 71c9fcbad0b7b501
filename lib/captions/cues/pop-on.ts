import type {
  FinalEvent,
  GapEvent,
  TranscriptEvent,
} from '../../core/transcript-event.ts'
import { cleanText } from './clean-text.ts'
import type { Cue, CueSource } from './cue.ts'
import { CueTrack } from './cue-track.ts'
import { PopOnLane } from './pop-on-lane.ts'
import { rulesFor, type CaptionProfile } from '../profiles.ts'
import { SpeakerMarks } from '../speakers/speaker-looks.ts'
import { timedTokens } from './token-times.ts'

/**
 * Whole captions made of finals. Where the profile lets cues stay behind their
 * words, or closes small gaps, the last cue of a turn waits for what follows:
 * its end depends on that, and what goes on without a pause may share it.
 * Otherwise it ends with its turn at the latest.
 *
 * A gap is a cue `[inaudible]`, over its whole range where cues do not wait.
 * Cues of one channel never overlap; those of several come in order of their
 * starts, once no earlier one can follow. A final that comes late is moved
 * behind what has been shown, and keeps its length.
 */
export class PopOn implements CueSource {
  readonly #profile: CaptionProfile
  readonly #prepare: (text: string) => string
  readonly #marks: SpeakerMarks
  readonly #track = new CueTrack()
  readonly #lanes = new Map<number | undefined, PopOnLane>()
  /** Cues that one of another channel may still precede. */
  #ready: Cue[] = []

  /** @param prepare changes a text before it is divided into cues */
  constructor(
    profile: CaptionProfile,
    prepare: (text: string) => string = text => text,
  ) {
    this.#profile = profile
    this.#prepare = prepare
    this.#marks = new SpeakerMarks(profile.speakers)
  }

  get earliest(): number {
    const lanes = [...this.#lanes.values()].map(lane => lane.earliest)
    return Math.min(...lanes, ...this.#ready.map(({ start }) => start))
  }

  event(event: TranscriptEvent): Cue[] {
    if (event.type !== 'final' && event.type !== 'gap') return []
    this.#pass(event.start)
    if (event.type === 'final') this.#say(event)
    else this.#miss(event)
    return this.#release(event.start)
  }

  passed(time: number): Cue[] {
    this.#pass(time)
    return this.#release(time)
  }

  end(): Cue[] {
    for (const lane of this.#lanes.values()) this.#ready.push(...lane.end())
    return this.#release(Infinity)
  }

  #pass(time: number): void {
    for (const lane of this.#lanes.values())
      this.#ready.push(...lane.passed(time))
  }

  #say(final: FinalEvent): void {
    const rules = rulesFor(this.#profile, final.language)
    const said = cleanText(this.#prepare(final.text))
    if (said === '') return
    const { prefix, color } = this.#marks.next(final.speaker)
    const mark = prefix && !said.startsWith(prefix) ? cleanText(prefix) : ''
    const tokens = timedTokens(final, mark, said, rules.maxLineWidth)
    const end = Math.max(final.start, final.end)
    const { speaker } = final
    this.#ready.push(
      ...this.#lane(final.channel).add({ tokens, rules, end, speaker, color }),
    )
  }

  #miss({ start, channel, ...gap }: GapEvent): void {
    const end = Math.max(start, gap.end)
    const isPlain = this.#profile.maxHoldMs === 0
    const rules = isPlain
      ? { ...this.#profile, maxDurationMs: Infinity }
      : this.#profile
    const text = '[inaudible]'
    const range = { type: 'final', turn: '', text, start, end } as const
    const tokens = timedTokens(range, '', text, rules.maxLineWidth)
    this.#ready.push(
      ...this.#lane(channel).add({ tokens, rules, end, alone: true }),
    )
  }

  #lane(channel: number | undefined): PopOnLane {
    let lane = this.#lanes.get(channel)
    if (!lane) this.#lanes.set(channel, (lane = new PopOnLane(channel)))
    return lane
  }

  /** Gives the cues that nothing can precede, as events come from `time` on. */
  #release(time: number): Cue[] {
    const lanes = [...this.#lanes]
    let till = Infinity
    if (lanes.some(([channel]) => channel !== undefined))
      till = Math.min(time, ...lanes.map(([, lane]) => lane.earliest))
    const cues = this.#ready.toSorted((a, b) => a.start - b.start)
    this.#ready = cues.filter(({ start }) => start > till)
    return cues
      .slice(0, cues.length - this.#ready.length)
      .map(cue => this.#track.place(cue, cue.channel))
  }
}
