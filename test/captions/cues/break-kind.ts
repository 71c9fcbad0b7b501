import t from 'tap'
import { breakKind } from '../../../lib/captions/cues/break-kind.ts'

const cases: [before: string, after: string, kind: string][] = [
  ['end.', 'Then', 'sentence'],
  ['“end.”', 'Then', 'sentence'],
  ['what?', 'then', 'sentence'],
  ['終。', '次', 'sentence'],
  ['well…', 'then', 'clause'],
  ['fellow,', 'and', 'clause'],
  ['so', '—', 'avoid'],
  ['—', 'so', 'clause'],
  ['house', '&', 'plain'],
  ['&', 'me', 'avoid'],
  ['Mr.', 'Dashwood', 'never'],
  ['F.', 'Kennedy', 'avoid'],
  ['e.g.', 'This', 'plain'],
  ['the', 'cat', 'never'],
  ['“The', 'cat', 'never'],
  ['of', 'the', 'never'],
  ['my', 'country', 'never'],
  ['and', 'then', 'avoid'],
  ['we', 'went', 'avoid'],
  ['don’t', 'go', 'avoid'],
  ["we'll", 'go', 'avoid'],
  ['20', 'kilometres', 'avoid'],
  ['$5', 'each', 'avoid'],
  ['Catherine', 'Morland', 'avoid'],
  ['country', 'because', 'before'],
  ['walked', 'into', 'before'],
  ['cat', 'sat', 'plain'],
]

for (const [before, after, kind] of cases)
  t.equal(breakKind(before, after), kind, `${before} | ${after}`)

t.test('handles words of any length quickly', async t => {
  t.equal(breakKind('"'.repeat(100_000), 'x'), 'plain')
  t.equal(breakKind(`${'")'.repeat(100_000)}x`, 'x'), 'plain')
})
