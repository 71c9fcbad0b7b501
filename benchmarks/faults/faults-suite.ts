import type { Competitors } from '../competitors.ts'
import type { BenchContext, Failure, SuiteResult } from '../suite.ts'
import type { FaultRow, FaultsData } from './fault-row.ts'
import type { FaultsAnswer, FaultsQuestion } from './faults-case.ts'
import { figuresOf, verdictsOn, faultTables } from './fault-tables.ts'

const WORDS = 100
/** In the middle of which words faults happen: early, half way, late in a turn. */
const AT = [23, 55, 87]
/** For a thorough run: every seventh, from where there is something to lose. */
const AT_ALL = Array.from({ length: 12 }, (_, i) => 20 + 7 * i)

type Engine = Pick<FaultsQuestion, 'engine' | 'from'>

/** Who is to come through the faults, by what was asked for. */
const enginesOf = (
  { engines, full = false }: BenchContext['options'],
  competitors: Competitors['faults'] = {},
): readonly Engine[] => {
  const isWanted = (name: string): boolean => engines?.includes(name) ?? true
  const ours: Engine[] = [
    { engine: 'voxpipe', from: 'here' },
    { engine: 'voxpipe, turns by the server', from: 'server' },
  ]
  return [
    ...ours.filter(({ from }) => from === 'here' || full),
    ...Object.entries(competitors).map(([engine, url]) => ({
      engine,
      from: { url },
    })),
  ].filter(({ engine, from }) =>
    typeof from === 'string' ? isWanted('openai') : isWanted(engine),
  )
}

/**
 * What happens to words when the network or the service fails: numbered words
 * through OpenAI's protocol, against a server on this machine that has every
 * fault of the list.
 */
const faults = async ({
  options,
  competitors,
  runCase,
  progress,
  signal,
}: BenchContext): Promise<SuiteResult<FaultsData>> => {
  const at = options.full ? AT_ALL : AT
  const rows: FaultRow[] = []
  const late: number[] = []
  const failures: Failure[] = []
  const notes: string[] = []
  const engines = enginesOf(options, competitors.faults)
  for (const { engine, from } of engines) {
    progress(`faults: ${engine}`)
    const question: FaultsQuestion = {
      engine,
      from,
      words: WORDS,
      at,
      more: options.full ?? false,
    }
    try {
      const answer = await runCase<FaultsAnswer | undefined>('faults', question)
      if (!answer) {
        notes.push(`${engine} is not installed.`)
        continue
      }
      rows.push(...answer.rows)
      late.push(answer.lateMs)
      if (answer.busy > 0)
        notes.push(
          `The machine was too busy for ${answer.busy} runs of ${engine}: they do not tell how long recovery took${typeof from === 'string' ? '' : ', nor what was lost'}.`,
        )
    } catch (error) {
      signal.throwIfAborted()
      failures.push({ name: engine, problem: (error as Error).message })
    }
  }
  if (!engines.some(({ from }) => typeof from === 'string'))
    notes.push(
      'The faults are those of a service: of the engines of voxpipe, `openai` alone has them.',
    )
  const lateMs = Math.max(0, ...late)
  const own = rows.filter(({ engine }) => engine.startsWith('voxpipe'))
  return {
    name: 'faults',
    tables: faultTables(rows, { words: WORDS, at, lateMs }),
    figures: figuresOf(own, lateMs),
    verdicts: verdictsOn(own),
    failures,
    notes,
    data: { rows },
  }
}

export default faults
