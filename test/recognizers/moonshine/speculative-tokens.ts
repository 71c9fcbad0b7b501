import fc from 'fast-check'
import t from 'tap'
import { SpeculativeTokens } from '../../../lib/recognizers/moonshine/moonshine.ts'

/** Passes of a decoder whose own choice is `truth`, with a draft. */
const passesFor = (
  truth: readonly number[],
  draft: SpeculativeTokens,
): number => {
  let passes = 0
  for (let at = 0; at < truth.length;) {
    passes++
    const next = draft.next()
    let right = 0
    while (right < next.length && next[right] === truth[at + right]) right++
    at += right
    if (at < truth.length) draft.resume(right, truth[at++]!)
  }
  return passes
}

const from = (first: number, length: number): number[] =>
  Array.from({ length }, (_, i) => first + i)

t.test('a draft that is right takes one pass for many tokens', async t => {
  t.equal(passesFor(from(0, 20), new SpeculativeTokens(from(0, 20))), 1)
  t.equal(passesFor(from(0, 60), new SpeculativeTokens(from(0, 60))), 3)
})

t.test('behind a wrong token it is of use again', async t => {
  const other = [...from(0, 8), 99, ...from(9, 8)]
  t.ok(passesFor(other, new SpeculativeTokens(from(0, 17))) <= 3, 'another')
  const missing = [...from(0, 8), ...from(10, 8)]
  t.ok(passesFor(missing, new SpeculativeTokens(from(0, 18))) <= 3, 'fewer')
  const more = [...from(0, 8), 98, 99, ...from(8, 8)]
  t.ok(passesFor(more, new SpeculativeTokens(from(0, 16))) <= 4, 'more')
})

t.test('skips drafts where they do not help', async t => {
  const draft = new SpeculativeTokens(from(0, 9))
  draft.resume(2, 50)
  t.same(draft.next(), [], 'not again before it fits')
  draft.resume(0, 51)
  t.same(draft.next(), [])
  draft.resume(0, 4)
  t.same(draft.next(), [5, 6, 7, 8])
})

t.test('without one, each token takes a pass', async t => {
  t.same(new SpeculativeTokens([]).next(), [])
  t.equal(passesFor(from(0, 9), new SpeculativeTokens([])), 9)
})

const tokens = fc.array(fc.nat(9), { maxLength: 60 })

t.test('no draft costs more passes than none at all', async t => {
  fc.assert(
    fc.property(tokens, tokens, (truth, draft) => {
      if (passesFor(truth, new SpeculativeTokens(draft)) > truth.length)
        t.fail('more')
    }),
  )
})
