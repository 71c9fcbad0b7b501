import t from 'tap'
import { englishNumbers } from '../../../benchmarks/accuracy/english-numbers.ts'
import { englishText } from '../../../benchmarks/accuracy/whisper-text.ts'

/** From tests/test_normalizer.py of openai/whisper, which hold for both. */
const pairs = `
two | 2
thirty one | 31
five twenty four | 524
nineteen ninety nine | 1999
twenty nineteen | 2019
two point five million | 2500000
four point two billions | 4200000000s
200 thousand | 200000
200 thousand dollars | $200000
$20 million | $20000000
€52.4 million | €52400000
£77 thousands | £77000s
two double o eight | 2008
three thousand twenty nine | 3029
forty three thousand two hundred sixty | 43260
forty three thousand two hundred and sixty | 43260
nineteen fifties | 1950s
thirty first | 31st
thirty three thousand and three hundred and thirty third | 33333rd
three billion | 3000000000
millions | 1000000s
july third twenty twenty | july 3rd 2020
august twenty sixth twenty twenty one | august 26th 2021
3 14 | 3 14
3.14 | 3.14
3 point 2 | 3.2
3 point 14 | 3.14
fourteen point 4 | 14.4
two point two five dollars | $2.25
two hundred million dollars | $200000000
$20.1 million | $20100000
ninety percent | 90%
seventy six per cent | 76%
double oh seven | 007
double zero seven | 007
nine one one | 911
nine double one | 911
one triple oh one | 10001
two thousandth | 2000th
thirty two thousandth | 32000th
minus 500 | -500
positive twenty thousand | +20000
two dollars and seventy cents | $2.70
3 cents | ¢3
$0.36 | ¢36
three euros and sixty five cents | €3.65
three and a half million | 3500000
forty eight and a half dollars | $48.5
b747 | b 747
10 th | 10th
10th | 10th
`

/** What openai/whisper v20250625 answers where its rules are peculiar. */
const corners = `
one | one
ones | ones
one one | 11
ninth | ninth
eighth | 8th
zeroth | 0th
007 | 7
zero million | 0
0.05 thousand | 50
1.5 thousandth | 1500th
0.0005 thousand | 0.0005 1000
one decillion | 1000000000000000000000000000000000
twenty two hundred | 2200
hundred and ten | 110
ten and five | 10 and 5
per cent | per cent
five per day | 5 per day
double | double
double trouble | double trouble
three double seven | 377
point | point
at this point two | at this .2
twenty point million | 20000000
minus | minus
plus the rest | plus the rest
minus and | -and
dollars | dollars
minus five dollars | $5
the tree and a half | the tree and a half
20s | 20s
1 | one
`

const rows = (table: string): string[][] =>
  table
    .trim()
    .split('\n')
    .map(line => line.split(' | '))

t.test('numbers are in digits, as Whisper has them', async t => {
  for (const [said, written] of rows(pairs)) {
    t.equal(englishNumbers(said!), written, said!)
    t.equal(englishText(said!), written, `${said}, as a text`)
  }
})

t.test('reproduces the peculiarities of Whisper', async t => {
  for (const [said, written] of rows(corners))
    t.equal(englishNumbers(said!), written, said!)
})
