import t from 'tap'
import { checkInput } from '../../../lib/captions/cues/check-input.ts'
import { events } from '../../fixtures/captions.ts'

const cue = { start: 0, end: 900, lines: ['secret'] }

t.test('events and cues pass', async t => {
  const full = { ...cue, speaker: 'Ann', color: 'cyan', channel: 1 }
  for (const input of [...events, cue, full]) t.equal(checkInput(input), input)
})

const wrong: [value: unknown, problem: RegExp][] = [
  [null, /without a known 'type'/],
  ['secret', /a string/],
  [{ ...cue, start: -1 }, /'start' of a 'cue'/],
  [{ ...cue, end: undefined }, /'end' of a 'cue'/],
  [{ ...cue, lines: 'secret' }, /'lines' of a cue/],
  [{ ...cue, lines: [1] }, /'lines' of a cue/],
  [{ ...cue, speaker: null }, /'speaker' of a 'cue'/],
  [{ ...cue, color: 'secret,red' }, /'color' of a cue/],
]

t.test('refuses other values without repeating their text', async t => {
  for (const [value, message] of wrong) {
    const error = t.throws(() => checkInput(value), {
      code: 'VOX_FORMAT',
      message,
    }) as Error
    t.notMatch(error.message, /secret|\n/)
  }
})
