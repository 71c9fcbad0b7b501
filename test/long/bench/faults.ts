import t, { type Test } from 'tap'
import { ourEngine } from '../../../benchmarks/faults/faults-case.ts'
import {
  numberedSpeech,
  runFault,
} from '../../../benchmarks/faults/run-fault.ts'
import {
  moreScenarios,
  scenarios,
  type Scenario,
} from '../../../benchmarks/faults/scenarios.ts'

const words = 13
const speech = numberedSpeech(words)

/** Those that take longest are left to the benchmark. */
const brief = [...scenarios, ...moreScenarios].filter(
  ({ id, lastsMs = 0, pingMs }) =>
    id !== 'none' && lastsMs <= 1_000 && (id !== 'F4' || pingMs),
)

const finders = ['here', 'server'] as const

const through = async (
  t: Test,
  scenario: Scenario,
  finder: (typeof finders)[number],
): Promise<void> => {
  const engine = ourEngine(finder)
  const run = await runFault(engine, scenario, { speech, words, word: 11 })
  const { lost, doubled, reordered, broken, told, recoveryMs } = run
  const { fault, must, timed } = scenario
  const wrong = { doubled, reordered, broken }
  const name = `${fault}, turns found ${finder}`
  t.same(wrong, { doubled: 0, reordered: 0, broken: 0 }, name)
  t.equal(told, lost, name)
  t.equal(lost > 0, must === 'tell', name)
  t.equal(recoveryMs !== null, timed, name)
}

t.test('keeps every word or reports the loss', async t => {
  await Promise.all(
    brief.flatMap(scenario =>
      finders.map(finder => through(t, scenario, finder)),
    ),
  )
})
