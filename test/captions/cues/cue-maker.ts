import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import * as fc from 'fast-check'
import t from 'tap'
import { CueMaker, makeCues } from '../../../lib/captions/cues/cue-maker.ts'
import { captionProfiles } from '../../../lib/captions/profiles.ts'
import type { Cue } from '../../../lib/captions/cues/cue.ts'
import { chunksOf } from '../../../lib/core/stage.ts'
import { events, finals, hostileText } from '../../fixtures/captions.ts'

const profiles = [undefined, ...Object.keys(captionProfiles)] as (
  keyof typeof captionProfiles | undefined
)[]

t.test('the stage makes what makeCues makes', async () => {
  await fc.assert(
    fc.asyncProperty(
      finals(hostileText),
      fc.constantFrom(...profiles),
      async (turns, profile) => {
        const options = profile ? { profile } : {}
        const stage = Readable.from(turns).pipe(new CueMaker(options))
        const cues: Cue[] = []
        for await (const cue of chunksOf(stage)) cues.push(cue)
        return JSON.stringify(cues) === JSON.stringify(makeCues(turns, options))
      },
    ),
    { numRuns: 40 },
  )
})

t.test('cues come as soon as they are settled', async t => {
  const stage = new CueMaker({ profile: 'netflix' })
  for (const event of events) stage.write(event)
  const [first] = (await once(stage, 'data')) as [Cue]
  t.match(first, { start: 0, lines: ['And so, my fellow Americans'] })
  stage.destroy()
})

const cue = (start: number, end: number, ...lines: string[]): Cue => ({
  start,
  end,
  lines,
})

t.test('keeps the cues of the input unless asked to rebuild them', async t => {
  const read = [
    cue(0, 1500, 'And so my fellow'),
    cue(1600, 4000, 'Americans ask not', 'what'),
    cue(4000, 6000, 'your country can do for you.'),
    cue(9000, 10_000, 'Ask.'),
  ]
  t.strictSame(makeCues(read), read)
  const made = makeCues(read, { profile: 'bbc' })
  t.strictSame(
    made.map(({ lines }) => lines),
    [
      [
        'And so my fellow Americans ask',
        'not what your country can do for you.',
      ],
      ['Ask.'],
    ],
  )
  t.equal(made[0]!.start, 0)
  t.equal(made[1]!.start, 9000)
  t.strictSame(makeCues(read.slice(3), { maxLineWidth: 3 })[0]!.lines, [
    'Ask',
    '.',
  ])
})

t.test('fails on a value that is neither an event nor a cue', async t => {
  for (const wrong of [7, {}, { start: 0, end: 1, lines: 'no' }, { lines: [] }])
    await t.rejects(
      pipeline(Readable.from([wrong]), new CueMaker(), async cues => {
        for await (const _ of cues);
      }),
      { code: 'VOX_FORMAT' },
    )
  t.throws(() => new CueMaker({ profile: 'bbb' as 'bbc' }), {
    code: 'VOX_OPTION',
    message: /'netflix', 'bbc'/,
  })
})

t.test('a signal ends it', async t => {
  const aborted = new CueMaker({ signal: AbortSignal.abort() })
  const [error] = (await once(aborted, 'error')) as [Error]
  t.match(error, { name: 'AbortError' })
})
