import { deepEqual, ok } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { captionProfiles } from '../../lib/captions/profiles.ts'
import { RollUp } from '../../lib/captions/live/roll-up.ts'
import { RollUpDisplay } from '../../lib/cli/roll-up-display.ts'
import type { TranscriptEvent } from '../../lib/core/transcript-event.ts'
import { plainText } from '../fixtures/captions.ts'
import { liveEvents } from '../fixtures/roll-up.ts'
import { ESC, TestTerminal } from '../fixtures/terminal.ts'

const { live } = captionProfiles

const delta = (turn: string, at: number, text: string): TranscriptEvent => ({
  type: 'delta',
  turn,
  at,
  text,
})

const final = (speaker: string, at: number, text: string): TranscriptEvent => ({
  type: 'final',
  turn: `${at}`,
  text,
  speaker,
  start: at,
  end: at + 1000,
})

const on = (terminal: TestTerminal, more = {}): RollUpDisplay =>
  new RollUpDisplay(terminal, { ...live, ...more }, { color: true })

t.test('words appear, and lines roll up in their place', async t => {
  const terminal = new TestTerminal(80)
  const display = on(terminal, { maxLineWidth: 20 })
  display.around(() => terminal.write('voxpipe: hello\n', () => undefined))
  await display.show({ type: 'speech-start', turn: '1', at: 0 })
  await display.show(delta('1', 500, 'And so, my'))
  await display.show(delta('1', 900, ' fellow'))
  t.strictSame(terminal.lines, ['voxpipe: hello', 'And so, my fellow'])
  await display.show(delta('1', 1500, ' Americans, ask not'))
  await display.show(delta('1', 2000, ' what'))
  t.strictSame(terminal.lines, ['voxpipe: hello', 'Americans, ask not', 'what'])
  display.around(() => terminal.write('voxpipe: warning\n', () => undefined))
  await display.show({ type: 'speech-start', turn: '2', at: 10_000 })
  t.strictSame(terminal.lines, ['voxpipe: hello', 'voxpipe: warning'])
  await display.show(delta('2', 10_500, 'No.'))
  await display.end()
  await display.end()
  await display.show(delta('1', 500, 'Another.'))
  t.strictSame(terminal.lines, [
    'voxpipe: hello',
    'voxpipe: warning',
    'No.',
    'Another.',
  ])
})

t.test('the terminal may be narrower than the captions', async t => {
  const terminal = new TestTerminal(10)
  const display = on(terminal)
  await display.show(delta('1', 0, 'Ask not what your country can do'))
  t.strictSame(terminal.lines, ['country', 'can do'])
  terminal.resize(40)
  await display.show(delta('1', 100, ' for'))
  t.strictSame(terminal.lines, ['can do', 'for'])
})

t.test('who speaks, by colours', async t => {
  const terminal = new TestTerminal(40)
  const colors = { speakerStyle: 'colors', maxLineCount: 3 } as const
  const display = on(terminal, colors)
  const written: string[] = []
  const screen = {
    columns: 40,
    write(text: string, done: () => void) {
      written.push(text)
      terminal.write(text, done)
    },
  }
  const other = on(screen as unknown as TestTerminal, colors)
  const plain = new RollUpDisplay(terminal, live, { color: false })
  await other.show(final('Ann', 0, 'Is it?'))
  await other.show(final('Bob', 1000, 'It is.'))
  const colored = `${ESC}\\[37mIs it\\?.*\n${ESC}\\[33mIt is\\.`
  t.match(written.at(-1), new RegExp(colored))
  await other.end()
  await plain.show(final('Ann', 0, 'Is it?'))
  t.strictSame(terminal.lines, ['Is it?', 'It is.', '>> Is it?'])
  await plain.end()
  await display.show(final('Ann', 0, 'Well.'))
  t.equal(terminal.lines.at(-1), 'Well.')
})

t.test('captions leave when nobody speaks', async t => {
  const terminal = new TestTerminal(40)
  const waits: { ms: number; run: () => void }[] = []
  const display = new RollUpDisplay(
    terminal,
    live,
    { color: true },
    (ms, run) => {
      const wait = { ms, run }
      waits.push(wait)
      return () => void waits.splice(waits.indexOf(wait), 1)
    },
  )
  await display.show(delta('1', 500, 'Ask'))
  await display.show(delta('1', 900, ' not.'))
  t.strictSame(
    waits.map(({ ms }) => ms),
    [4000],
  )
  /** The time is over; gives what is shown then. */
  const over = async (): Promise<string[]> => {
    waits.shift()!.run()
    await new Promise<void>(done => {
      terminal.write('', done)
    })
    return terminal.lines
  }
  t.strictSame(await over(), [])
  const long = { ...final('Ann', 6000, 'Well, well.'), end: 12_000 }
  await display.show(long)
  t.strictSame(await over(), ['>> Well, well.'], 'it may be spoken still')
  t.strictSame(await over(), ['>> Well, well.'])
  t.strictSame(await over(), [])
  t.strictSame(waits, [])
  await display.show(delta('4', 12_500, 'Yes.'))
  await display.end()
  t.strictSame(waits, [], 'unless it was the end')
})

t.test('the ^C of a terminal leaves', async t => {
  const terminal = new TestTerminal(20)
  const display = on(terminal)
  await display.show(delta('1', 0, 'Ask not'))
  terminal.write('^C', () => undefined)
  display.eraseInterrupt()
  await display.show(delta('1', 100, ' what'))
  t.strictSame(terminal.lines, ['Ask not what'])
})

t.test('reports a closed terminal', async t => {
  const display = new RollUpDisplay(
    { write: (_, done) => done(new Error('gone')) },
    live,
    { color: true },
  )
  await t.rejects(display.show(delta('1', 0, 'ask')), /gone/)
  display.around(() => undefined)
})

t.test('whatever is said, it shows the screen, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(
      liveEvents(plainText),
      fc.integer({ min: 10, max: 60 }),
      async (events, columns) => {
        const terminal = new TestTerminal(columns)
        const display = on(terminal)
        const maxLineWidth = Math.min(columns, live.maxLineWidth)
        const captions = new RollUp({ ...live, maxLineWidth })
        terminal.write('above\n', () => undefined)
        for (const event of events) {
          await display.show(event)
          const screen = captions.event(event).at(-1)
          if (!screen) continue
          const [above, ...lines] = terminal.lines
          ok(above === 'above')
          deepEqual(lines, screen.lines)
        }
      },
    ),
    { numRuns: 40, endOnFailure: true },
  )
})

t.test('no text moves the cursor', async () => {
  const written: string[] = []
  const screen = {
    columns: 30,
    write(text: string, done: () => void) {
      written.push(text)
      done()
    },
  }
  await fc.assert(
    fc.asyncProperty(liveEvents(), async events => {
      written.length = 0
      const profile = { ...live, speakerStyle: 'colors' } as const
      const display = new RollUpDisplay(screen, profile, { color: true })
      for (const event of events) await display.show(event)
      const own = new RegExp(
        `${ESC}\\[(?:3[2-9]m|\\d+A|J)|\r(?=${ESC})|\n`,
        'g',
      )
      const text = written.join('').replaceAll(own, '')
      ok(!/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u.test(text))
    }),
    { numRuns: 100 },
  )
})
