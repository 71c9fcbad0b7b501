import t from 'tap'
import { checkEvent } from '../../../lib/captions/cues/check-input.ts'
import { events } from '../../fixtures/captions.ts'

t.test('every event of a transcript passes', async t => {
  for (const event of events) t.equal(checkEvent(event), event)
})

const final = { type: 'final', turn: '1', text: 'secret', start: 0, end: 1 }
const wrong: [value: unknown, problem: RegExp][] = [
  [Buffer.from('RIFF'), /an object without a known 'type'/],
  ['text', /a string/],
  [undefined, /a undefined|undefined/],
  [null, /without a known 'type'/],
  [{ type: 'toString' }, /without a known 'type'/],
  [{ type: '__proto__' }, /without a known 'type'/],
  [{ ...final, text: 1 }, /'text' of a 'final'/],
  [{ ...final, start: NaN }, /'start' of a 'final'/],
  [{ ...final, start: -1 }, /'start' of a 'final'/],
  [{ ...final, end: Infinity }, /'end' of a 'final'/],
  [{ ...final, end: '1' }, /'end' of a 'final'/],
  [{ ...final, speaker: 1 }, /'speaker' of a 'final'/],
  [{ ...final, words: 'secret' }, /'words' of a 'final'/],
  [{ ...final, words: [null] }, /word of a 'final'/],
  [{ ...final, words: [{ text: 'x', start: 0 }] }, /'end' of a 'final'/],
  [{ type: 'delta', turn: '1' }, /'text' of a 'delta'/],
  [{ type: 'gap', start: 0 }, /'end' of a 'gap'/],
  [{ type: 'warning', code: 'x' }, /'message' of a 'warning'/],
  [{ type: 'end' }, /'duration' of a 'end'/],
]

t.test('refuses other values without repeating their text', async t => {
  for (const [value, message] of wrong) {
    const error = t.throws(() => checkEvent(value), {
      name: 'FormatError',
      code: 'VOX_FORMAT',
      message,
    }) as Error
    t.notMatch(error.message, /secret|\n/)
  }
})
