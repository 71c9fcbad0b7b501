import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { startOwnPipeline } from '../../../benchmarks/latency/live-engines.ts'
import { PacedSource } from '../../../benchmarks/latency/paced-source.ts'
import type { TranscriptEvent } from '../../../lib/core/transcript-event.ts'
import { never } from '../../fixtures/bench-context.ts'
import { virtualClock } from '../../fixtures/virtual-clock.ts'
import { folderWith } from '../../fixtures/folder.ts'

const folder = folderWith()
let modules = 0

/** Writes a module; each has a folder of its own, or Node knows it already. */
const written = async (source: string, name = 'own.mjs'): Promise<string> => {
  const own = join(folder, String(modules++))
  await mkdir(own)
  await writeFile(join(own, name), source)
  return join(own, name)
}

/** What a module gives for a second of audio. */
const eventsOf = async (source: string): Promise<TranscriptEvent[]> => {
  const path = await written(source)
  const { run } = await startOwnPipeline(path)
  const audio = new PacedSource({
    samples: new Float32Array(16_000),
    tailMs: 0,
    clock: virtualClock(),
  })
  const events: TranscriptEvent[] = []
  for await (const event of run(audio, { signal: never })) events.push(event)
  return events
}

const reading = (...events: object[]): string => `
  export default async function* (source) {
    for await (const chunk of source) {}
    yield* ${JSON.stringify(events)}
  }`

const delta = { type: 'delta', turn: 'a', text: 'One' }
const final = { type: 'final', turn: 'a', text: 'One.', start: 0, end: 900 }

t.test('its events are those of the module', async t => {
  t.same(await eventsOf(reading(delta, final)), [delta, final])
})

t.test('a promise of events will do', async t => {
  const source = `
    async function* events(source) {
      for await (const chunk of source) {}
      yield ${JSON.stringify(final)}
    }
    export default async (source, { signal }) => {
      signal.throwIfAborted()
      return events(source)
    }`
  t.same(await eventsOf(source), [final])
})

t.test('says what is wrong with a module', async t => {
  const wrongs: readonly (readonly [string, RegExp])[] = [
    ['export const pipeline = 1', /'own\.mjs' has no function as its default/],
    ['export default 3', /it needs export default \(source, \{ signal \}\) =>/],
    ['export default', /'own\.mjs' cannot be loaded: /],
    ['import "no-such-package"', /cannot be loaded: Cannot find package/],
    ['throw new Error("no key")', /'own\.mjs' cannot be loaded: no key/],
    ['export default () => 3', /what 'own\.mjs' answers cannot be iterated/],
    ['export default () => [1]', /cannot be iterated/],
    [reading(delta, { ...final, end: '9' }), /event 2 of .* its 'end': /],
    [reading({ type: 'text' }), /event 1 of .* its 'type': /],
    [reading([]), /event 1 of 'own\.mjs' is no TranscriptEvent/],
    [
      `export default async function* () { yield ${JSON.stringify(delta)} }`,
      /gives text before it has read any audio/,
    ],
  ]
  for (const [source, message] of wrongs)
    await t.rejects(eventsOf(source), { code: 'VOX_INPUT', message })
  await t.rejects(startOwnPipeline('/no/such.mjs'), {
    code: 'VOX_INPUT',
    message: "there is no file '/no/such.mjs'; check the name",
  })
})

t.test('passes on what the module throws', async t => {
  const source = `export default async function* () { throw new Error('busy') }`
  await t.rejects(eventsOf(source), { message: 'busy' })
})

t.test('in TypeScript, where Node runs that', async t => {
  const path = await written('export default (source: object) => {}', 'own.ts')
  // The loader of these tests serves the project's own files alone.
  const { typescript } = process.features as { typescript?: unknown }
  const asked = startOwnPipeline(path)
  if (typescript) return void t.type((await asked).run, 'function')
  await t.rejects(asked, {
    code: 'VOX_INPUT',
    message: /does not run 'own\.ts': TypeScript needs Node 22\.18 or newer/,
  })
})
