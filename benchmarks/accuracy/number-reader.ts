import { numberSigns, numberWords, type NumberWord } from './number-words.ts'

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
export class NumberReader {
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
