import t, { type Test } from 'tap'
import type { AccuracyData } from '../../../benchmarks/accuracy/accuracy-data.ts'
import { whyNoMp3 } from '../../../benchmarks/accuracy/degrade.ts'
import accuracySuite from '../../../benchmarks/accuracy/accuracy-suite.ts'
import type { BenchClip } from '../../../benchmarks/clips.ts'
import { cases } from '../../../benchmarks/cases.ts'
import type {
  BenchContext,
  BenchOptions,
  SuiteResult,
} from '../../../benchmarks/suite.ts'
import { SpeechServer } from '../../../lib/testing/index.ts'
import { benchRecognizer, givenTurns } from '../../fixtures/bench-recognizer.ts'
import { ownClips, samplesOf } from '../../fixtures/speech-clips.ts'

const { signal } = new AbortController()
const all = await ownClips()
const { id, path, text } = all.find(clip => clip.id === 'austen-0880')!
const samples = await samplesOf(path)
const noMp3 = await whyNoMp3()
const ways = noMp3 ? 5 : 6

const clipIn = (language: string): BenchClip => ({
  id,
  path,
  text,
  samples,
  words: undefined,
  language,
})

/** The real case, in this process, by a recogniser without a model. */
const inThisProcess: BenchContext['runCase'] = async <Out>(
  name: string,
  input: unknown,
) => {
  const { default: run } = await cases[name]!()
  const recognizer = benchRecognizer
  return (await run({ ...(input as object), recognizer } as never, {
    signal,
  })) as Out
}

const run = async (clips: readonly BenchClip[], options: BenchOptions) => {
  const lines: string[] = []
  const context: BenchContext = {
    options,
    clips: async () => clips,
    data: undefined,
    runCase: inThisProcess,
    progress: line => void lines.push(line),
    competitors: {},
    signal,
  }
  const result = (await accuracySuite(context)) as SuiteResult<AccuracyData>
  return { ...result, lines }
}

const withEnv = (t: Test, env: Record<string, string>): void => {
  for (const name of ['OPENAI_API_KEY', 'OPENAI_BASE_URL']) {
    const before = process.env[name]
    delete process.env[name]
    if (env[name] !== undefined) process.env[name] = env[name]
    t.teardown(() => {
      if (before === undefined) delete process.env[name]
      else process.env[name] = before
    })
  }
}

t.test('measures the local engine under every condition', async t => {
  withEnv(t, {})
  givenTurns.length = 0
  const { data, figures, failures, notes, lines } = await run(
    [clipIn('en'), clipIn('de')],
    { models: ['tiny'] },
  )
  t.same(failures, [])
  t.match(notes, [
    /OpenAI was not measured: .*where it is named/,
    /^1 clip in de left out by the local engine/,
    ...(noMp3 ? [/MP3/] : []),
  ])
  t.equal(data.rows.length, ways)
  t.equal(figures.length, ways)
  const [clean] = data.rows
  t.match(clean, { name: 'tiny', engine: 'local', errors: { words: 8 } })
  for (const { pooled, clips } of data.rows) {
    t.equal(pooled, 0)
    t.equal(clips[0]!.text, text)
  }
  t.same(lines, ['tiny, accuracy …'])
  const different = givenTurns.filter(
    (turn, i) =>
      !givenTurns
        .slice(0, i)
        .some(
          other =>
            Buffer.compare(
              Buffer.from(turn.buffer),
              Buffer.from(other.buffer),
            ) === 0,
        ),
  )
  t.equal(different.length, ways, 'in every way it is given other audio')
})

t.test('sends OpenAI clips in any language, with the language', async t => {
  const asked: unknown[] = []
  const server = await SpeechServer.listen({
    transcribe: (_, { settings, model }) => {
      asked.push([model, settings['languages'] ?? settings['language']])
      return 'Er war kein junger Mann'
    },
  })
  t.teardown(() => server.close())
  withEnv(t, { OPENAI_API_KEY: 'none', OPENAI_BASE_URL: server.baseURL })
  await t.rejects(run([clipIn('de')], {}), { code: 'VOX_INPUT' })
  t.same(asked, [], 'a key alone sends nothing')
  const german = { ...clipIn('de'), text: 'Er war kein übler junger Mann.' }
  const { data, failures, notes, lines } = await run([german], {
    engines: ['local', 'openai'],
  })
  t.same(failures, [])
  t.match(notes[0], /^1 clip in de left out by the local engine/)
  t.match(data.rows[0], {
    name: /^openai at .* gpt-transcribe$/,
    model: 'gpt-transcribe',
    errors: { deletions: 1, errors: 1, words: 6 },
  })
  t.equal(data.rows.length, ways)
  t.equal(asked.length, ways)
  t.match(JSON.stringify(asked[0]), /gpt-transcribe.*de/)
  t.match(lines[1], /0\.\d minutes of audio, for which OpenAI asks about \$0/)
})

t.test('reports a failed case with its clip', async t => {
  withEnv(t, {})
  const gone = { ...clipIn('en'), path: `${path}.gone` }
  const { failures, tables } = await run([gone], { models: ['tiny'] })
  t.match(failures, [{ name: 'tiny, accuracy', problem: /austen-0880/ }])
  t.same(tables, [])
})

t.test('says what to do if nothing can be measured', async t => {
  withEnv(t, {})
  const code = 'VOX_INPUT'
  const engines = ['local', 'openai']
  await t.rejects(run([clipIn('de')], { engines }), {
    code,
    message:
      'no accuracy was measured: the local engine knows English and leaves out 1 clip in de; set OPENAI_API_KEY',
  })
  await t.rejects(run([clipIn('de')], { engines: ['local'] }), {
    code,
    message: /knows English.*name openai as an engine as well/,
  })
  await t.rejects(run([clipIn('en')], { engines: ['sherpa'] }), {
    code,
    message: /none transcribes files here; name openai/,
  })
  await t.rejects(run([{ ...clipIn('en'), text: ' …' }], {}), {
    code,
    message: /contain no words/,
  })
})
