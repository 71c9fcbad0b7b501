import fc from 'fast-check'
import t from 'tap'
import { findLoop } from '../../../lib/recognizers/moonshine/moonshine.ts'

t.test('a run repeated four times is cut after its first round', async t => {
  t.equal(findLoop([1, 2, 3, 7, 8, 9, 7, 8, 9, 7, 8, 9, 7, 8, 9]), 6)
})

t.test('people may say a word several times', async t => {
  t.equal(findLoop([5, 5, 5, 5, 5]), -1)
  t.equal(findLoop([5, 5, 5, 5, 5, 5, 5, 5]), 1)
})

t.test('three rounds are no loop yet', async t => {
  t.equal(findLoop([7, 8, 7, 8, 7, 8]), -1)
})

t.test('never cuts text without repetition', async t => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(), { maxLength: 200 }), tokens => {
      t.equal(findLoop(tokens), -1)
    }),
    { numRuns: 50 },
  )
})

t.test('any run repeated is found while it grows', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(9), { maxLength: 20 }),
      fc.array(fc.nat(9), { minLength: 1, maxLength: 24 }),
      (before, run) => {
        const tokens = [...before]
        for (let round = 0; round < 9; round++)
          for (const token of run) {
            tokens.push(token)
            if (findLoop(tokens) >= 0) return true
          }
        return false
      },
    ),
  )
})
