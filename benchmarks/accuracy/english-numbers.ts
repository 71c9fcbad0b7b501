/** What a word has to do with numbers. */
type NumberWord =
  | { readonly is: 'zero' }
  | { readonly is: 'unit' | 'ten' | 'multiplier'; readonly value: bigint }
  | {
      /** Ends a number: `third`, `fifties`, `millions`. */
      readonly is: 'last unit' | 'last ten' | 'last multiplier'
      readonly value: bigint
      readonly suffix: string
    }
  | { readonly is: 'sign' | 'currency' | 'suffix'; readonly symbol: string }
  | { readonly is: 'per' | 'and' | 'double' | 'triple' | 'point' }

const units =
  'one two three four five six seven eight nine ten eleven twelve thirteen ' +
  'fourteen fifteen sixteen seventeen eighteen nineteen'
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'
const thousands =
  'thousand million billion trillion quadrillion quintillion sextillion ' +
  'septillion octillion nonillion decillion'

const irregular: Readonly<Record<string, readonly [string, string]>> = {
  one: ['first', 'st'],
  two: ['second', 'nd'],
  three: ['third', 'rd'],
  five: ['fifth', 'th'],
  twelve: ['twelfth', 'th'],
}

/** `ninth` is not among them, but `nineth` is: so it is in the source. */
const ordinalOf = (name: string): readonly [string, string] =>
  irregular[name] ?? [name + (name.endsWith('t') ? 'h' : 'th'), 'th']

function* entries(): Generator<readonly [string, NumberWord]> {
  for (const name of ['o', 'oh', 'zero']) yield [name, { is: 'zero' }]
  yield ['zeroth', { is: 'last unit', value: 0n, suffix: 'th' }]
  for (const [i, name] of units.split(' ').entries()) {
    const value = BigInt(i + 1)
    const plural = name === 'six' ? 'sixes' : `${name}s`
    const [ordinal, suffix] = ordinalOf(name)
    yield [name, { is: 'unit', value }]
    yield [plural, { is: 'last unit', value, suffix: 's' }]
    yield [ordinal, { is: 'last unit', value, suffix }]
  }
  for (const [i, name] of tens.split(' ').entries()) {
    const value = BigInt(10 * (i + 2))
    const stem = name.slice(0, -1)
    yield [name, { is: 'ten', value }]
    yield [`${stem}ies`, { is: 'last ten', value, suffix: 's' }]
    yield [`${stem}ieth`, { is: 'last ten', value, suffix: 'th' }]
  }
  const powers = thousands
    .split(' ')
    .map((name, i) => [name, 1_000n ** BigInt(i + 1)] as const)
  for (const [name, value] of [['hundred', 100n] as const, ...powers]) {
    yield [name, { is: 'multiplier', value }]
    yield [`${name}s`, { is: 'last multiplier', value, suffix: 's' }]
    yield [`${name}th`, { is: 'last multiplier', value, suffix: 'th' }]
  }
  for (const name of ['minus', 'negative'])
    yield [name, { is: 'sign', symbol: '-' }]
  for (const name of ['plus', 'positive'])
    yield [name, { is: 'sign', symbol: '+' }]
  for (const [name, symbol] of Object.entries(currencies)) {
    yield [name, { is: 'currency', symbol }]
    yield [`${name}s`, { is: 'currency', symbol }]
  }
  yield ['percent', { is: 'suffix', symbol: '%' }]
  for (const is of ['per', 'and', 'double', 'triple', 'point'] as const)
    yield [is, { is }]
}

const currencies = { pound: '£', euro: '€', dollar: '$', cent: '¢' }

/** Words that are part of numbers. */
const numberWords: ReadonlyMap<string, NumberWord> = new Map(entries())

/** Signs that may stand before digits. */
const numberSigns: ReadonlySet<string> = new Set('-+£€$¢')

/**
 * A number that is being read: a `bigint` as long as words may add to it or
 * multiply it, a text once digits stand side by side.
 */
type Value = bigint | string

const digits = /^[0-9]+(?:\.[0-9]+)?$/

const isOne = (
  word: string | undefined,
  ...kinds: readonly NumberWord['is'][]
): boolean => {
  const found = word === undefined ? undefined : numberWords.get(word)
  return found !== undefined && kinds.includes(found.is)
}

const isDigits = (word: string | undefined): boolean =>
  word !== undefined && digits.test(word)

/** A zero says nothing before other digits, and nothing is there for none. */
const written = (value: Value | undefined): string =>
  value ? String(value) : ''

/** `value` times `factor`, where `value` is a number and that is whole. */
const times = (value: Value, factor: bigint): bigint | undefined => {
  const parts = /^([0-9]*)(?:\.([0-9]*))?$/.exec(String(value))
  const [, whole = '', part = ''] = parts ?? []
  if (whole + part === '') return undefined
  const product = BigInt(whole + part) * factor
  const scale = 10n ** BigInt(part.length)
  return product % scale === 0n ? product / scale : undefined
}

/**
 * Writes the numbers among some words in digits, by the rules of
 * `EnglishNumberNormalizer` of openai/whisper
 * (whisper/normalizers/english.py, v20250625, MIT).
 */
class NumberReader {
  readonly #words: readonly string[]
  readonly #out: string[] = []
  #at = 0
  #sign = ''
  #value: Value | undefined

  /** @param words lower case, without punctuation but in numbers */
  constructor(words: readonly string[]) {
    this.#words = words
  }

  /** All words, with numbers in digits. */
  read(): readonly string[] {
    for (; this.#at < this.#words.length; this.#at++)
      this.#take(this.#words[this.#at]!)
    this.#finish()
    return this.#out
  }

  get #before(): string | undefined {
    return this.#words[this.#at - 1]
  }

  get #after(): string | undefined {
    return this.#words[this.#at + 1]
  }

  /** Whether a number may go on with what follows. */
  get #goesOn(): boolean {
    const next = this.#after
    return next !== undefined && (numberWords.has(next) || digits.test(next))
  }

  #emit(text: string): void {
    this.#out.push(this.#sign + text)
    this.#sign = ''
    this.#value = undefined
  }

  #finish(suffix = ''): void {
    if (this.#value !== undefined) this.#emit(`${this.#value}${suffix}`)
  }

  #take(word: string): void {
    const sign = numberSigns.has(word[0]!) ? word[0]! : ''
    const unsigned = word.slice(sign.length)
    const known = numberWords.get(word)
    if (digits.test(unsigned)) this.#takeDigits(word, sign, unsigned)
    else if (known) this.#takeKnown(word, known)
    else this.#pass(word)
  }

  /** A word that is in no number. */
  #pass(word: string): void {
    this.#finish()
    this.#emit(word)
  }

  #takeDigits(word: string, sign: string, unsigned: string): void {
    if (typeof this.#value === 'string' && this.#value.endsWith('.')) {
      this.#value += word
      return
    }
    this.#finish()
    if (sign) this.#sign = sign
    this.#value = times(unsigned, 1n) ?? unsigned
  }

  #takeKnown(word: string, known: NumberWord): void {
    switch (known.is) {
      case 'zero':
        this.#value = `${written(this.#value)}0`
        return
      case 'unit':
        this.#value = this.#withUnit(known.value)
        return
      case 'last unit':
        this.#value = this.#withUnit(known.value)
        return this.#finish(known.suffix)
      case 'ten':
        this.#value = this.#sum(known.value, 100n)
        return
      case 'last ten':
        this.#value = this.#sum(known.value, 100n)
        return this.#finish(known.suffix)
      case 'multiplier':
        return this.#multiply(known.value)
      case 'last multiplier':
        this.#multiply(known.value)
        return this.#finish(known.suffix)
      case 'sign':
        this.#finish()
        if (this.#goesOn) this.#sign = known.symbol
        else this.#emit(word)
        return
      case 'currency':
        if (this.#value === undefined) return this.#emit(word)
        this.#sign = known.symbol
        return this.#finish()
      case 'suffix':
        if (this.#value === undefined) return this.#emit(word)
        return this.#finish(known.symbol)
      case 'per':
        if (this.#value === undefined || this.#after !== 'cent')
          return this.#pass(word)
        this.#at++
        return this.#finish('%')
      default:
        if (this.#goesOn) this.#takeSpecial(word, known.is)
        else this.#pass(word)
    }
  }

  #takeSpecial(word: string, is: 'and' | 'double' | 'triple' | 'point'): void {
    const next = this.#after!
    if (is === 'point') {
      if (isOne(next, 'zero', 'unit', 'ten') || isDigits(next))
        this.#value = `${written(this.#value)}.`
    } else if (is === 'and') {
      if (!isOne(this.#before, 'multiplier')) this.#pass(word)
    } else if (isOne(next, 'zero', 'unit')) {
      const known = numberWords.get(next)!
      const digit = 'value' in known ? known.value : 0n
      const repeated = String(digit).repeat(is === 'double' ? 2 : 3)
      this.#value = written(this.#value) + repeated
      this.#at++
    } else this.#pass(word)
  }

  /** One to nineteen after what there is. */
  #withUnit(unit: bigint): Value {
    const value = this.#value
    const digit = unit < 10n
    if (typeof value === 'string' && isOne(this.#before, 'ten') && digit)
      return value.slice(0, -1) + String(unit)
    if (value !== undefined && isOne(this.#before, 'unit'))
      return `${value}${unit}`
    return this.#sum(unit, digit ? 10n : 100n)
  }

  /** Adds where there are zeros for it, else writes it behind. */
  #sum(part: bigint, room: bigint): Value {
    const value = this.#value
    if (value === undefined) return part
    if (typeof value === 'string' || value % room !== 0n)
      return `${value}${part}`
    return value + part
  }

  #multiply(factor: bigint): void {
    const value = this.#value
    if (value === undefined) this.#value = factor
    else if (typeof value === 'string' || value === 0n) {
      const product = times(value, factor)
      if (product === undefined) this.#finish()
      this.#value = product ?? factor
    } else {
      const rest = value % 1_000n
      this.#value = value - rest + rest * factor
    }
  }
}

/** A half is said behind a number that it can be added to. */
const takesHalf = (word: string): boolean => {
  const known = numberWords.get(word)
  return (
    known !== undefined &&
    ['zero', 'unit', 'ten', 'multiplier'].includes(known.is)
  )
}

/** `three and a half` is three point five. */
const withHalves = (text: string): string => {
  const parts = text.split(/(?<![\p{L}\p{N}_])and\s+a\s+half(?![\p{L}\p{N}_])/u)
  const last = parts.pop()!
  const halves = parts.flatMap(part => {
    const word = part.trim().split(/\s+/).at(-1)
    if (!word) return []
    return [part, takesHalf(word) ? 'point five' : 'and a half']
  })
  return [...halves, ...(last.trim() === '' ? [] : [last])].join(' ')
}

/** Letters and digits apart, but for those that belong to a number. */
const withGaps = (text: string): string =>
  text
    .replaceAll(/([a-z])([0-9])/g, '$1 $2')
    .replaceAll(/([0-9])([a-z])/g, '$1 $2')
    .replaceAll(/([0-9])\s+(st|nd|rd|th|s)(?![\p{L}\p{N}_])/gu, '$1$2')

/** Cents as part of what is before them, or alone; `one` as a word. */
const withCents = (text: string): string =>
  text
    .replaceAll(
      /([€£$])([0-9]+) (?:and )?¢([0-9]{1,2})(?![\p{L}\p{N}_])/gu,
      (_, currency: string, whole: string, cents: string) =>
        `${currency}${whole}.${cents.padStart(2, '0')}`,
    )
    // Any character for the point, as in the source.
    .replaceAll(
      /[€£$]0.([0-9]{1,2})(?![\p{L}\p{N}_])/gu,
      (_, cents: string) => `¢${Number(cents)}`,
    )
    .replaceAll(/(?<![\p{L}\p{N}_])1(s?)(?![\p{L}\p{N}_])/gu, 'one$1')

/**
 * English numbers in digits: `twenty one dollars` is `$21`, `nineteen fifties`
 * is `1950s`, `double oh seven` is `007`; `one` stays a word. By the rules of
 * openai/whisper, as {@link NumberReader}. Digits are those of ASCII.
 *
 * @param text lower case
 */
export const englishNumbers = (text: string): string => {
  const words = withGaps(withHalves(text)).split(/\s+/).filter(Boolean)
  return withCents(new NumberReader(words).read().join(' '))
}
