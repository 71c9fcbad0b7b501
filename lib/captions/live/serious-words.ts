const set = (words: string): ReadonlySet<string> =>
  new Set(words.split(/\s+/).map(word => word.replaceAll("'", '')))

/** Words that deny; those that end in `n't` do too. */
export const negations = set(
  'no not never none nobody nothing nowhere neither nor without cannot ' +
    'hardly barely scarcely unless except',
)

/** Of each group, one word in place of another turns the meaning. */
export const opposites: readonly (readonly string[])[] = [
  'yes no',
  'he she',
  'him her',
  'his hers',
  'man woman',
  'men women',
  'more less fewer',
  'most least',
  'all none some',
  'always never sometimes',
  'before after',
  'since until',
  'up down',
  'in out',
  'inside outside',
  'into from',
  'on off',
  'over under',
  'above below',
  'left right',
  'north south east west',
  'northern southern eastern western',
  'high low',
  'higher lower',
  'hot cold',
  'first last',
  'early late',
  'earlier later',
  'old new young',
  'good bad',
  'better worse',
  'best worst',
  'big small',
  'major minor',
  'maximum minimum',
  'true false',
  'right wrong',
  'guilty innocent',
  'safe dangerous',
  'dead alive',
  'live die',
  'lives dies',
  'lived died',
  'open closed shut',
  'win lose',
  'wins loses',
  'won lost',
  'buy sell',
  'bought sold',
  'rise fall',
  'rises falls',
  'rose fell',
  'rising falling',
  'profit loss',
  'for against',
  'with without',
  'accept except reject',
  'accepted rejected',
  'increase decrease',
  'increases decreases',
  'increased decreased',
  'increasing decreasing',
  'allow forbid',
  'allows forbids',
  'allowed forbidden banned',
  'start end stop',
  'starts ends stops',
  'started ended stopped',
  'love hate',
  'loves hates',
  'loved hated',
  'attack defend',
  'attacked defended',
  'confirm deny',
  'confirmed denied',
  'affirmative negative positive',
  'today tomorrow yesterday tonight',
  'monday tuesday wednesday thursday friday saturday sunday',
  'january february march april may june july august september october november december',
  'second minute hour day week month year decade century',
  'seconds minutes hours days weeks months years decades centuries',
  'milligram gram kilogram ton',
  'milligrams grams kilograms tons',
  'inch foot yard mile metre meter kilometre kilometer',
  'inches feet yards miles metres meters kilometres kilometers',
  'cents dollars pounds euros pence',
].map(group => group.split(' '))

/** What turns a word around in front of it, and in front of which words. */
export const reversals: readonly {
  readonly prefix: string
  readonly stems?: ReadonlySet<string>
}[] = [
  { prefix: 'un' },
  { prefix: 'dis' },
  { prefix: 'non' },
  { prefix: 'il' },
  { prefix: 'ir' },
  {
    prefix: 'in',
    stems: set(
      'ability active accurate adequate appropriate capable complete ' +
        'consistent correct dependent direct effective eligible formal ' +
        'secure sane sufficient valid visible',
    ),
  },
  {
    prefix: 'im',
    stems: set(
      'possible proper mature moral patient perfect personal polite ' +
        'practical probable mortal',
    ),
  },
]

const numbered = (words: string, from: number, step = 1): [string, number][] =>
  words.split(' ').map((word, i) => [word, from + i * step])

/** Words of numbers below a hundred. */
export const smallNumbers: ReadonlyMap<string, number> = new Map([
  ...numbered('zero one two three four five six seven eight nine ten', 0),
  ...numbered('eleven twelve thirteen fourteen fifteen sixteen', 11),
  ...numbered('seventeen eighteen nineteen', 17),
  ...numbered('twenty thirty forty fifty sixty seventy eighty ninety', 20, 10),
  ...numbered('first second third fourth fifth sixth seventh eighth', 1),
  ...numbered('ninth tenth eleventh twelfth thirteenth fourteenth', 9),
  ...numbered('fifteenth sixteenth seventeenth eighteenth nineteenth', 15),
  ...numbered('twentieth thirtieth fortieth fiftieth sixtieth', 20, 10),
])

/** Words that multiply the number before them. */
export const multipliers: ReadonlyMap<string, number> = new Map([
  ['hundred', 1e2],
  ['thousand', 1e3],
  ['million', 1e6],
  ['billion', 1e9],
  ['trillion', 1e12],
])
