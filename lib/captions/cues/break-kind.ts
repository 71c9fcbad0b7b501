/** Quality of a break after a word, best first. */
export type BreakKind =
  'sentence' | 'clause' | 'before' | 'plain' | 'avoid' | 'never'

const set = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/))

const articles = 'a an the'
const prepositions =
  'about above across after against along among around as at before behind ' +
  'below beneath beside besides between beyond by despite down during except ' +
  'for from in inside into like near of off on onto out outside over past ' +
  'per since than through throughout till to toward towards under ' +
  'underneath until up upon via with within without'
const conjunctions =
  'and or but nor so yet because although though if unless while whereas ' +
  'when whenever where wherever whether that which what who whom whose ' +
  'how why'
const possessives = 'my your his its our their'
const titles = 'mr mrs ms dr prof st mt sr sra gen sen rep rev hon capt lt sgt'
const attachedWords =
  "i we they he she it you there this these those every each no not don't " +
  'am is are was were be been being have has had having do does did will ' +
  'would can could shall should may might must cannot very too more most her'

const never = set(`${articles} ${prepositions} ${possessives} ${titles}`)
const avoid = set(`${conjunctions} ${attachedWords}`)
const lineOpeners = set(`${conjunctions} ${prepositions}`)
const abbreviations = set(`${titles} e.g i.e vs cf approx no vol fig al jr`)

const closers = /["'”’»)\]}]+$/u
const edges = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu
const contraction = /(?:n['’]t|['’](?:s|m|re|ll|ve|d))$/u
const capitalised = /^["'“‘«(]*\p{Lu}\p{Ll}/u

/** Longest part of a word that is matched: the patterns are not linear. */
const maxMatched = 40

const bareWord = (word: string): string =>
  word.replace(edges, '').toLowerCase().replaceAll('’', "'")

const endsSentence = (word: string, core: string, next: string): boolean => {
  const end = word.replace(closers, '')
  if (/[!?！？。؟।]$/u.test(end)) return true
  if (!/[.…]$/u.test(end) || /^\p{Ll}/u.test(next)) return false
  return !abbreviations.has(core) && !/^\p{Lu}\.$/u.test(end)
}

/**
 * Rates a break between two words by the common rules of the Netflix and BBC
 * guides: best after a sentence, then after a clause, before a conjunction or
 * preposition, or elsewhere. Avoid a break between words that belong together
 * (pronoun and verb, auxiliary and verb, number and unit, first and last name);
 * never break after an article, preposition or possessive. The words are
 * English; for other languages only punctuation counts.
 */
export const breakKind = (before: string, after: string): BreakKind => {
  const word = before.slice(-maxMatched)
  const next = after.slice(0, maxMatched)
  const core = bareWord(word)
  if (endsSentence(word, core, next)) return 'sentence'
  const end = word.replace(closers, '')
  if (/^[-–—]+$/u.test(next) || /^[&+=]$/u.test(word)) return 'avoid'
  if (/[,;:–—…،，、；：]$|-$/u.test(end)) return 'clause'
  if (never.has(core)) return 'never'
  if (avoid.has(core) || contraction.test(core)) return 'avoid'
  if (/^\p{Sc}?\p{N}/u.test(word) || /^\p{Lu}\.$/u.test(end)) return 'avoid'
  if (lineOpeners.has(bareWord(next))) return 'before'
  if (capitalised.test(word) && capitalised.test(next)) return 'avoid'
  return 'plain'
}
