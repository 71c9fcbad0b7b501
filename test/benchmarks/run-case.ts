import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { askModule, runCase } from '../../benchmarks/run-case.ts'

const { signal: never } = new AbortController()

const asking = (t: Test, source: string) => {
  const folder = t.testdir({ 'child.mjs': source })
  return pathToFileURL(join(folder, 'child.mjs'))
}

const ask = async (
  module: URL,
  input: unknown,
  signal: AbortSignal = never,
): Promise<{ answer: unknown; lines: string[] }> => {
  const lines: string[] = []
  const onLine = (line: string): void => void lines.push(line)
  return { answer: await askModule(module, input, { onLine, signal }), lines }
}

/** A child that answers what `expression` makes of its `input`. */
const answers = (expression: string): string =>
  `process.once('message', input => process.send(${expression}, () => process.disconnect()))\n`

t.test('is asked, prints, and answers; samples stay samples', async t => {
  const module = asking(
    t,
    `process.stdout.write('one\\ntw')
    process.stdout.write('o\\nrest')
    ${answers('{ answer: { samples: input.samples.map(x => 2 * x), pid: process.pid } }')}`,
  )
  const input = { samples: Float32Array.of(1, 2.5) }
  const { answer, lines } = await ask(module, input)
  t.match(answer, { samples: Float32Array.of(2, 5) })
  t.not((answer as { pid: number }).pid, process.pid)
  t.same(lines, ['one', 'two', 'rest'])
})

t.test('its error has its message and code', async t => {
  const error = `{ error: { message: 'no ' + input, code: 'VOX_X' } }`
  const module = asking(t, answers(error))
  await t.rejects(ask(module, 'way'), { message: 'no way', code: 'VOX_X' })
})

t.test('reports how a case without an answer ended', async t => {
  const message = /ended with code 3 and no answer/
  const silent = asking(t, `process.once('message', () => process.exit(3))`)
  await t.rejects(ask(silent, 1), { message })
  t.test('also where it never reads', async t => {
    await t.rejects(ask(asking(t, 'process.exit(3)'), 1), { message })
  })
  t.test('and one that dies says why', async t => {
    const lines: string[] = []
    const asked = askModule(asking(t, `throw new Error('oh dear')`), 1, {
      onLine: line => void lines.push(line),
      signal: never,
    })
    await t.rejects(asked, { message: /ended with code 1/ })
    t.match(lines.join('\n'), /Error: oh dear/)
  })
})

t.test('is killed when aborted, whatever it does', async t => {
  const source = `process.on('SIGTERM', () => {})
    process.once('message', () => {
      console.log(process.pid)
      for (;;);
    })`
  const stop = new AbortController()
  const told = new EventTarget()
  let pid = 0
  const asked = askModule(asking(t, source), 1, {
    onLine: line => {
      pid = Number(line)
      told.dispatchEvent(new Event('line'))
    },
    signal: stop.signal,
  })
  await once(told, 'line')
  stop.abort()
  await t.rejects(asked, { name: 'AbortError' })
  t.throws(() => process.kill(pid, 0), { code: 'ESRCH' }, 'it is gone')
  await t.rejects(ask(asking(t, ''), 1, stop.signal), { name: 'AbortError' })
})

t.test('reports an unknown case', async t => {
  const { signal } = new AbortController()
  const asked = runCase('nonsense', {}, { onLine: () => {}, signal })
  await t.rejects(asked, { message: "there is no case 'nonsense'" })
})
