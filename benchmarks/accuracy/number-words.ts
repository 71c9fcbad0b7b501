/** What a word has to do with numbers. */
export type NumberWord =
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
export const numberWords: ReadonlyMap<string, NumberWord> = new Map(entries())

/** Signs that may stand before digits. */
export const numberSigns: ReadonlySet<string> = new Set('-+£€$¢')
