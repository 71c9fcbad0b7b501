import { deepEqual, ok } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { LiveDisplay } from '../../lib/cli/live-display.ts'
import type { TranscriptEvent } from '../../lib/core/transcript-event.ts'
import { ESC, TestTerminal } from '../fixtures/terminal.ts'

const delta = (turn: string, text: string): TranscriptEvent => ({
  type: 'delta',
  turn,
  text,
})

const final = (turn: string, text: string): TranscriptEvent => ({
  type: 'final',
  turn,
  text,
  start: 0,
  end: 1000,
})

const on = (terminal: TestTerminal, color = true): LiveDisplay =>
  new LiveDisplay(terminal, { color })

t.test('deltas appear as they come, a final takes their place', async t => {
  const terminal = new TestTerminal(80)
  const display = on(terminal)
  await display.show({ type: 'speech-start', turn: '1', at: 0 })
  await display.show(delta('1', ' And so'))
  t.strictSame(terminal.lines, ['And so'])
  await display.show(delta('1', ' my fellow'))
  t.strictSame(terminal.lines, ['And so my fellow'])
  t.ok(terminal.isDim('And so my fellow'))
  await display.show(final('1', 'And so, my fellow Americans'))
  t.strictSame(terminal.lines, ['And so, my fellow Americans'])
  t.notOk(terminal.isDim('And so'))
  await display.show(delta('2', 'ask'))
  t.strictSame(terminal.lines, ['And so, my fellow Americans', 'ask'])
})

t.test('no colour, nothing but plain text', async t => {
  const terminal = new TestTerminal(80)
  await on(terminal, false).show(delta('1', 'ask not'))
  t.notOk(terminal.isDim('ask not'))
})

t.test('a final without text takes the deltas away', async t => {
  const terminal = new TestTerminal(80)
  const display = on(terminal)
  await display.show(delta('1', 'hm'))
  await display.show(final('1', ''))
  t.strictSame(terminal.lines, [])
  await display.show(final('2', 'Well'))
  t.strictSame(terminal.lines, ['Well'])
})

t.test('a gap and messages stand above the open turn', async t => {
  const terminal = new TestTerminal(20)
  const display = on(terminal)
  await display.show(delta('2', 'ask what you can do for your country'))
  await display.show({ type: 'gap', start: 0, end: 1000, reason: 'lost' })
  display.around(() => terminal.write('voxpipe: hello\n', () => undefined))
  await display.show(delta('2', ' now'))
  t.strictSame(terminal.lines, [
    '[inaudible 00:00:00-00:00:01]',
    'voxpipe: hello',
    'ask what you can do for your country now',
  ])
})

t.test('shows two open turns', async t => {
  const terminal = new TestTerminal(10)
  const display = on(terminal)
  await display.show(delta('1', 'one is spoken'))
  await display.show(delta('2', 'two is too'))
  await display.show(delta('1', ' slowly'))
  t.strictSame(terminal.lines, ['one is spoken slowly', 'two is too'])
  await display.show(final('1', 'One is spoken slowly.'))
  t.strictSame(terminal.lines, ['One is spoken slowly.', 'two is too'])
})

t.test('keeps text without a final at the end', async t => {
  const terminal = new TestTerminal(80)
  const display = on(terminal)
  await display.end()
  await display.show(delta('1', 'ask'))
  await display.end()
  display.around(() => terminal.write('voxpipe: stopped\n', () => undefined))
  await display.show(delta('2', 'not'))
  t.strictSame(terminal.lines, ['ask', 'voxpipe: stopped', 'not'])
})

t.test('no text moves the cursor', async () => {
  const written: string[] = []
  const screen = {
    columns: 20,
    write(text: string, done: () => void) {
      written.push(text)
      done()
    },
  }
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.boolean(), fc.string({ unit: 'binary' }))),
      async texts => {
        written.length = 0
        const display = new LiveDisplay(screen, { color: true })
        for (const [isFinal, text] of texts)
          await display.show((isFinal ? final : delta)('1', text))
        const own = new RegExp(
          `${ESC}\\[(?:2m|22m|\\d+A|J)|\r(?=${ESC})|\n`,
          'g',
        )
        for (const char of written.join('').replaceAll(own, '')) {
          const code = char.codePointAt(0)!
          if (code < 0x20 && char !== '\t') return false
          if (code >= 0x7f && code < 0xa0) return false
          if (/[\u202A-\u202E\u2066-\u2069]/.test(char)) return false
        }
        return true
      },
    ),
  )
})

t.test('the ^C of a terminal leaves with the deltas', async t => {
  for (let length = 0; length <= 45; length++) {
    const terminal = new TestTerminal(20)
    const display = on(terminal)
    await display.show(final('1', 'Well.'))
    if (length > 0) await display.show(delta('2', 'w'.repeat(length)))
    await new Promise<void>(done => {
      terminal.write('^C', done)
    })
    display.eraseInterrupt()
    await display.show(final('2', 'ask not'))
    t.strictSame(terminal.lines, ['Well.', 'ask not'], `behind ${length}`)
  }
})

t.test('reports a closed terminal', async t => {
  const display = new LiveDisplay(
    { write: (_, done) => done(new Error('gone')) },
    { color: true },
  )
  await t.rejects(display.show(delta('1', 'ask')), /gone/)
  display.around(() => undefined)
})

/** Words of 1 and 2 columns a character, and with combining marks. */
const words = fc
  .array(
    fc.string({
      unit: fc.constantFrom('a', 'B', '.', 'é', 'e\u0301', '你', '好', 'ö'),
      minLength: 1,
      maxLength: 12,
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map(list => list.join(' '))

const actions = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ delta: words }) },
    { weight: 2, arbitrary: fc.record({ final: words }) },
    fc.record({ columns: fc.integer({ min: 10, max: 60 }) }),
  ),
  { maxLength: 25 },
)

/** Shows it all; gives the terminal, and which lines must be on it. */
const play = async (
  columns: number,
  steps: readonly { delta?: string; final?: string; columns?: number }[],
  wrapsAnew = true,
): Promise<{ terminal: TestTerminal; finals: string[]; live: string }> => {
  const terminal = new TestTerminal(columns, { rows: 1000, wrapsAnew })
  const display = on(terminal)
  const finals: string[] = []
  let live = ''
  for (const step of steps)
    if (step.delta !== undefined) {
      live = `${live} ${step.delta}`.trimStart()
      await display.show(delta(`${finals.length}`, ` ${step.delta}`))
    } else if (step.final !== undefined) {
      const text = `${finals.length}: ${step.final}`
      await display.show(final(`${finals.length}`, text))
      finals.push(text)
      live = ''
    } else terminal.resize(step.columns!)
  return { terminal, finals, live }
}

const plain = (line: string): string => line.normalize('NFC')

t.test('at any width it is what was said, and no more', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 60 }),
      actions,
      async (columns, steps) => {
        const fixed = steps.filter(step => !('columns' in step))
        const { terminal, finals, live } = await play(columns, fixed)
        const expected = live ? [...finals, live] : finals
        deepEqual(terminal.lines.map(plain), expected.map(plain))
      },
    ),
    { numRuns: 60, endOnFailure: true },
  )
})

t.test('whatever is done to the width, no final is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 10, max: 60 }),
      actions,
      fc.boolean(),
      async (columns, steps, wrapsAnew) => {
        const { terminal, finals } = await play(columns, steps, wrapsAnew)
        const lines = terminal.lines.map(plain)
        for (const text of finals.map(plain)) {
          // One that does not wrap anew cuts its lines off itself.
          const kept = wrapsAnew ? text : text.slice(0, 5)
          const at = lines.findIndex(line => line.includes(kept))
          ok(at >= 0, `'${text}' is gone`)
          lines.splice(0, at + 1)
        }
      },
    ),
    { numRuns: 60, endOnFailure: true },
  )
})
