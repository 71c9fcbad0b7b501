import t from 'tap'
import { checkTurnOptions } from '../../lib/recognizers/turn-segmenter.ts'

/** Least and most that each option may be. */
const limits = {
  threshold: [0.2, 0.99],
  prefixPaddingMs: [0, 2_000],
  silenceDurationMs: [100, 5_000],
  shortTurnSilenceMs: [100, 5_000],
} as const

t.test('accepts values within the limits', async t => {
  t.doesNotThrow(() => checkTurnOptions({}))
  for (const [name, ends] of Object.entries(limits))
    for (const value of ends)
      t.doesNotThrow(() => checkTurnOptions({ [name]: value }))
})

t.test('refuses values beyond the limits', async t => {
  for (const [name, [least, most]] of Object.entries(limits))
    for (const value of [least - 0.01, most + 0.01, NaN, Infinity, '300', null])
      t.throws(() => checkTurnOptions({ [name]: value }), {
        code: 'VOX_OPTION',
        option: `turnDetection.${name}`,
        message: new RegExp(
          `'turnDetection.${name}' must be a number from ${least} to`,
        ),
      })
})
