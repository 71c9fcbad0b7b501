import type { FinalEvent, Word } from '../../core/transcript-event.ts'
import type { Answer, AnswerSegment } from './read-answer.ts'
import type { AnswerSettings } from './file-settings.ts'

/** Languages by the English names that whisper-1 uses. */
const NAMES = `
af afrikaans, am amharic, ar arabic, as assamese, az azerbaijani, ba bashkir,
be belarusian, bg bulgarian, bn bengali, bo tibetan, br breton, bs bosnian,
ca catalan, cs czech, cy welsh, da danish, de german, el greek, en english,
es spanish, es castilian, et estonian, eu basque, fa persian, fi finnish,
fo faroese, fr french, gl galician, gu gujarati, ha hausa, haw hawaiian,
he hebrew, hi hindi, hr croatian, ht haitian creole, ht haitian, hu hungarian,
hy armenian, id indonesian, is icelandic, it italian, ja japanese,
jv javanese, ka georgian, kk kazakh, km khmer, kn kannada, ko korean,
la latin, lb luxembourgish, lb letzeburgesch, ln lingala, lo lao,
lt lithuanian, lv latvian, mg malagasy, mi maori, mk macedonian,
ml malayalam, mn mongolian, mr marathi, ms malay, mt maltese, my myanmar,
my burmese, ne nepali, nl dutch, nl flemish, nn nynorsk, no norwegian,
oc occitan, pa punjabi, pa panjabi, pl polish, ps pashto, ps pushto,
pt portuguese, ro romanian, ro moldavian, ro moldovan, ru russian,
sa sanskrit, sd sindhi, si sinhala, si sinhalese, sk slovak, sl slovenian,
sn shona, so somali, sq albanian, sr serbian, su sundanese, sv swedish,
sw swahili, ta tamil, te telugu, tg tajik, th thai, tk turkmen, tl tagalog,
tr turkish, tt tatar, uk ukrainian, ur urdu, uz uzbek, vi vietnamese,
yi yiddish, yo yoruba, yue cantonese, zh chinese, zh mandarin`

const codes = new Map(
  NAMES.split(',').map(entry => {
    const [code, ...name] = entry.trim().split(/\s+/)
    return [name.join(' '), code!]
  }),
)

/** Returns the ISO 639 code of a language name or code, else undefined. */
const languageCode = (stated: string): string | undefined => {
  const name = stated.trim().toLowerCase()
  return (
    codes.get(name) ??
    (/^[a-z]{2,3}(?:-[a-z\d]+)*$/.test(name) ? name : undefined)
  )
}

/** Place of an upload in the source, in ms. */
type Place = {
  readonly number: number
  readonly start: number
  readonly end: number
}

type Span = { start: number; end: number }

/** Sorts stretches and removes overlaps: each ends where the next begins. */
const withoutOverlaps = <T extends Span>(items: readonly T[]): T[] => {
  const sorted = items.toSorted((a, b) => a.start - b.start || a.end - b.end)
  for (let i = 1; i < sorted.length; i++) {
    const before = sorted[i - 1]!
    const here = sorted[i]!
    if (here.start >= before.end) continue
    const meet =
      here.start > before.start
        ? here.start
        : (before.start + Math.min(before.end, here.end)) / 2
    here.end = Math.max(here.end, before.end)
    before.end = Math.round(meet)
    here.start = before.end
  }
  return sorted
}

/** Converts seconds of an upload to whole ms of the source. */
const clockOf =
  ({ start, end }: Place) =>
  (seconds: number): number =>
    Math.min(end, Math.max(start, start + Math.round(1_000 * seconds)))

const wordsOf = (answer: Answer, place: Place): Word[] => {
  const at = clockOf(place)
  return (answer.words ?? [])
    .filter(({ text }) => text.trim() !== '')
    .map(word => ({
      text: word.text.trim(),
      start: at(word.start),
      end: Math.max(at(word.start), at(word.end)),
      source: 'model',
    }))
}

/** Assigns each word to the segment that contains its middle. */
const wordsOfSegments = (
  words: readonly Word[],
  segments: readonly Span[],
): Word[][] => {
  const shares = segments.map((): Word[] => [])
  let i = 0
  for (const word of words) {
    const middle = (word.start + word.end) / 2
    while (i + 1 < segments.length && middle >= segments[i + 1]!.start) i++
    shares[i]?.push(word)
  }
  return shares
}

/** Returns the turn id of a segment, by its id or its index. */
export const turnOf = (part: number, segment?: string | number): string =>
  segment === undefined ? `part-${part}` : `part-${part}-${segment}`

const speakerOf = (
  speaker: string,
  part: number,
  known: ReadonlySet<string>,
): string =>
  part === 1 || known.has(speaker) ? speaker : `${speaker} (${part})`

type Timed = AnswerSegment & Span & { turn: string }

/** Places segments with text in the source, each with its own turn. */
const timedSegments = (
  segments: readonly AnswerSegment[],
  place: Place,
): Timed[] => {
  const at = clockOf(place)
  const turns = new Set<string>()
  const spoken = segments.filter(({ text }) => text.trim() !== '')
  return withoutOverlaps(
    spoken.map((segment, i) => {
      const start = at(segment.start)
      const named = turnOf(place.number, segment.id ?? i)
      const turn = turns.has(named) ? `${named}-${i}` : named
      turns.add(turn)
      return { ...segment, turn, start, end: Math.max(start, at(segment.end)) }
    }),
  )
}

/**
 * Makes the finals of an answer: one per segment if it has any, else one for
 * the part; none without text. The last one has the usage.
 */
export const finalsOf = (
  answer: Answer,
  place: Place,
  { knownNames, language: stated }: AnswerSettings,
): FinalEvent[] => {
  const code = answer.language && languageCode(answer.language)
  const language = code ?? stated
  const words = wordsOf(answer, place)
  const segments = timedSegments(answer.segments ?? [], place)
  const shares = wordsOfSegments(words, segments)
  const text = answer.text.trim()
  const finals: FinalEvent[] =
    segments.length > 0
      ? segments.map(({ turn, text, start, end, speaker, facts }, i) => ({
          type: 'final',
          turn,
          text: text.trim(),
          start,
          end,
          ...(words.length > 0 && { words: shares[i]! }),
          ...(speaker !== undefined && {
            speaker: speakerOf(speaker, place.number, knownNames),
          }),
          ...(language !== undefined && { language }),
          ...(facts && { segment: facts }),
        }))
      : [
          {
            type: 'final',
            turn: turnOf(place.number),
            text,
            start: place.start,
            end: place.end,
            ...(words.length > 0 && { words }),
            ...(language !== undefined && { language }),
            ...(answer.logprobs && { logprobs: answer.logprobs }),
          } as const,
        ].filter(final => final.text !== '')
  const last = finals.at(-1)
  if (last && answer.usage) last.usage = answer.usage
  return finals
}
