import { deepEqual, equal, ok } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import {
  normalizedWord,
  alignPrefix,
  alignWords,
} from '../../lib/recognizers/live-text.ts'

t.test('keys are alike for what sounds alike', async t => {
  t.equal(normalizedWord('“And'), normalizedWord('and,'))
  t.equal(normalizedWord('ILL-DISPOSED.'), 'illdisposed')
  t.equal(normalizedWord('Caf\u00E9'), normalizedWord('cafe\u0301'))
  t.equal(normalizedWord('can’t'), normalizedWord("can't"))
  t.equal(normalizedWord('日本'), '日本')
  t.equal(normalizedWord('1860'), '1860')
  t.equal(normalizedWord('—'), '')
})

t.test('a key has a key: itself', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), word => {
      equal(normalizedWord(normalizedWord(word)), normalizedWord(word))
    }),
  )
})

const words = (maxLength: number): fc.Arbitrary<string[]> =>
  fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength })

t.test('a beginning that is the same is found', async () => {
  fc.assert(
    fc.property(words(12), words(12), (shown, more) => {
      equal(alignPrefix(shown, shown), shown.length)
      equal(alignPrefix(shown, [...shown, ...more]), shown.length)
    }),
  )
})

/** Words to change, drop or add to make one of the other; slow and plain. */
const distance = (a: readonly string[], b: readonly string[]): number => {
  if (a.length === 0 || b.length === 0) return a.length + b.length
  const [restA, restB] = [a.slice(1), b.slice(1)]
  if (a[0] === b[0]) return distance(restA, restB)
  const costs = [distance(restA, b), distance(a, restB), distance(restA, restB)]
  return 1 + Math.min(...costs)
}

t.test('no other beginning differs less, or is nearer', async () => {
  fc.assert(
    fc.property(words(5), words(5), (shown, heard) => {
      const at = alignPrefix(shown, heard)
      const cost = distance(shown, heard.slice(0, at))
      for (let other = 0; other <= heard.length; other++) {
        const otherCost = distance(shown, heard.slice(0, other))
        ok(otherCost >= cost)
        if (otherCost > cost) continue
        const away = Math.abs(at - shown.length)
        ok(Math.abs(other - shown.length) >= away)
      }
    }),
  )
})

/** Length of a longest common subsequence; slow and plain. */
const common = (a: readonly string[], b: readonly string[]): number => {
  if (a.length === 0 || b.length === 0) return 0
  const [restA, restB] = [a.slice(1), b.slice(1)]
  if (a[0] === b[0]) return 1 + common(restA, restB)
  return Math.max(common(restA, b), common(a, restB))
}

t.test('as many words as can be are alike, and in order', async () => {
  fc.assert(
    fc.property(words(7), words(7), (from, to) => {
      const like = alignWords(from, to)
      equal(like.length, to.length)
      const pairs = [...like.entries()].filter(([, i]) => i >= 0)
      for (const [j, i] of pairs) equal(from[i], to[j])
      const found = pairs.map(([, i]) => i)
      deepEqual(
        found,
        [...new Set(found)].toSorted((a, b) => a - b),
      )
      equal(found.length, common(from, to))
    }),
  )
})
