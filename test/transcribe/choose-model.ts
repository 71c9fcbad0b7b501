import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { OptionError } from '../../lib/core/errors.ts'
import {
  chooseModel,
  type ModelChoice,
  type ModelNeeds,
  deprecationWarning,
} from '../../lib/transcribe/choose-model.ts'
import { openaiModels } from '../../lib/openai/wire/openai-models.ts'

/** Long before any end, so that nothing but the wish brings a warning. */
const today = new Date('2026-01-01')

const rows: [ModelNeeds, string, string[]?][] = [
  // The local engine does all that it can.
  [{}, 'local tiny local'],
  [{ wordTimes: true }, 'local tiny local'],
  [{ waiting: true }, 'local tiny local'],
  [{ live: true }, 'local base local-live'],
  [{ live: true, waiting: true, wordTimes: true }, 'local base local-live'],
  [{ language: 'en' }, 'local tiny local'],
  [{ language: 'eng', wordTimes: true, waiting: true }, 'local tiny local'],
  [{ language: 'en-GB', wordTimes: true, live: true }, 'local base local-live'],
  [{ offline: true }, 'local tiny local'],
  [{ offline: true, waiting: true, wordTimes: true }, 'local tiny local'],
  [{ offline: true, live: true }, 'local base local-live'],
  [{ engine: 'local', live: true }, 'local base local-live'],
  // OpenAI: speakers, and other languages.
  [{ speakers: true }, 'openai gpt-4o-transcribe-diarize file'],
  [
    { speakers: true, waiting: true },
    'openai gpt-4o-transcribe-diarize file-stream',
  ],
  [{ language: 'de' }, 'openai gpt-transcribe file'],
  [{ language: 'de', waiting: true }, 'openai gpt-transcribe file-stream'],
  [{ language: 'de', live: true }, 'openai gpt-live-transcribe realtime'],
  [{ language: 'de', wordTimes: true }, 'openai whisper-1 file'],
  // OpenAI, where it is named.
  [{ engine: 'openai' }, 'openai gpt-transcribe file'],
  [{ engine: 'openai', waiting: true }, 'openai gpt-transcribe file-stream'],
  [{ engine: 'openai', live: true }, 'openai gpt-live-transcribe realtime'],
  [{ engine: 'openai', wordTimes: true }, 'openai whisper-1 file'],
  // What is lost is reported.
  [
    { engine: 'openai', wordTimes: true, waiting: true },
    'openai whisper-1 file',
    ['VOX_OPTION'],
  ],
  [
    { wordTimes: true, speakers: true },
    'openai gpt-4o-transcribe-diarize file',
    ['VOX_OPTION'],
  ],
  [
    { live: true, speakers: true, wordTimes: true },
    'local base local-live',
    ['VOX_OPTION'],
  ],
  [
    { live: true, speakers: true, wordTimes: true, engine: 'openai' },
    'openai gpt-live-transcribe realtime',
    ['VOX_OPTION', 'VOX_OPTION'],
  ],
  [{ offline: true, speakers: true }, 'local tiny local', ['VOX_OPTION']],
  [
    { language: 'en', wordTimes: true, waiting: true, speakers: true },
    'openai gpt-4o-transcribe-diarize file-stream',
    ['VOX_OPTION'],
  ],
  [
    { language: 'de', wordTimes: true, live: true },
    'openai gpt-live-transcribe realtime',
    ['VOX_OPTION'],
  ],
  // Languages without published figures get a warning.
  [{ language: 'pt-BR' }, 'openai gpt-transcribe file'],
  [{ language: 'tl' }, 'openai gpt-transcribe file'],
  [{ language: 'zh-tw' }, 'openai gpt-transcribe file'],
  [{ language: 'qu' }, 'openai gpt-transcribe file', ['VOX_LANGUAGE']],
  [
    { language: 'qu', live: true, wordTimes: true },
    'openai gpt-live-transcribe realtime',
    ['VOX_OPTION', 'VOX_LANGUAGE'],
  ],
]

for (const [needs, expected, codes = []] of rows)
  t.test(JSON.stringify(needs), async t => {
    const choice = chooseModel({ ...needs, today })
    t.equal(`${choice.engine} ${choice.model} ${choice.mode}`, expected)
    t.match(choice.reason, /^[A-Z].*\.$/)
    t.same(
      choice.warnings.map(({ code }) => code),
      codes,
    )
  })

t.test('a choice that sends audio away says so, and why', async t => {
  const { reason } = chooseModel({ language: 'de', live: true, today })
  t.match(reason, /^The local engine does not know 'de', only English\./)
  t.match(reason, /The audio is sent to OpenAI, which charges for it\.$/)
  t.match(chooseModel({ speakers: true, today }).reason, /sent to OpenAI/)
  t.notMatch(chooseModel({ today }).reason, /OpenAI/)
})

t.test('what would give no transcript is refused, in words', async t => {
  const refused: [ModelNeeds, RegExp][] = [
    [{ offline: true, language: 'de' }, /'language' 'de' is not known to the/],
    [{ engine: 'local', language: 'fr' }, /use engine: 'openai'/],
    [{ offline: true, engine: 'openai' }, /'offline' keeps audio/],
    [{ engine: 'deepgram' as 'openai' }, /'engine' must be one of/],
    [{ language: 'german' }, /must be a code such as 'en'/],
    [{ language: '' }, /must be a code/],
  ]
  for (const [needs, message] of refused)
    t.throws(() => chooseModel(needs), { code: 'VOX_OPTION', message })
})

/** What can be said against a choice; nothing as a rule. */
const wrongWith = (
  choice: ModelChoice,
  { engine: named, language = 'en', speakers }: ModelNeeds,
): string | undefined => {
  const { engine, model, mode, reason } = choice
  if (engine === 'local')
    return mode.startsWith('local') ? undefined : `local as ${mode}`
  if (named !== 'openai' && language.startsWith('en') && !speakers)
    return 'sent to OpenAI without need'
  if (!reason.includes('The audio is sent to OpenAI')) return 'sent in silence'
  const { files, realtime } = openaiModels[model]!
  if (mode === 'realtime')
    return realtime ? undefined : `${model} is not in the Realtime API`
  if (mode === 'file-stream' && !files?.streams) return `${model} has no stream`
  return files ? undefined : `${model} takes no files`
}

t.test('every combination has an answer or a reason why not', async () => {
  const flag = fc.option(fc.boolean(), { nil: undefined })
  const needs = fc.record(
    {
      live: flag,
      waiting: flag,
      wordTimes: flag,
      speakers: flag,
      offline: flag,
      language: fc.constantFrom('en', 'en-US', 'de', 'qu', 'yue', 'klingon'),
      engine: fc.constantFrom('local' as const, 'openai' as const),
      today: fc.date({
        min: new Date('2020-01-01'),
        max: new Date('2040-01-01'),
        noInvalidDate: true,
      }),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(needs, wish => {
      try {
        const choice = chooseModel(wish as ModelNeeds)
        const again = chooseModel(wish as ModelNeeds)
        return (
          wrongWith(choice, wish as ModelNeeds) === undefined &&
          isDeepStrictEqual(again, choice)
        )
      } catch (error) {
        return error instanceof OptionError && error.message.length > 40
      }
    }),
    { numRuns: 500 },
  )
})

t.test('a model near its end, and past it, is told', async t => {
  const said = (model: string, day: string): string | undefined =>
    deprecationWarning(model, new Date(day))?.message
  t.equal(said('whisper-1', '2026-08-29'), undefined)
  t.match(
    said('whisper-1', '2026-08-30'),
    /2027-02-26, 180 more days; no other/,
  )
  t.match(said('gpt-4o-transcribe', '2027-02-25'), /1 more day; use gpt-transc/)
  t.match(said('gpt-4o-transcribe', '2027-02-26'), /no longer served since/)
  t.equal(said('gpt-transcribe', '2040-01-01'), undefined)
  t.equal(said('tiny', '2040-01-01'), undefined)
  const { warnings } = chooseModel({
    engine: 'openai',
    wordTimes: true,
    today: new Date('2027-01-01'),
  })
  t.match(warnings, [{ code: 'VOX_MODEL_ENDING', message: /^whisper-1 / }])
})
