import t from 'tap'
import { noFfmpeg } from '../../fixtures/audio.ts'
import {
  differenceFromFlac,
  flacRecipes,
  makeFlac,
  noFlac,
  noSox,
} from '../../fixtures/flac-files.ts'

const FILES = 1000
const SEED = Number(process.env['FLAC_SEED'] ?? 14)

const missing = noFlac || noFfmpeg || noSox
const folder = t.testdir({})

t.test(
  `decodes ${FILES} valid FLAC files as flac -d does, to the bit (seed ${SEED})`,
  { skip: missing },
  async t => {
    const recipes = flacRecipes(FILES, SEED, ['flac', 'flac', 'ffmpeg', 'sox'])
    const wrong: string[] = []
    for (const [i, recipe] of recipes.entries()) {
      const file = makeFlac(recipe, folder)
      const difference = await differenceFromFlac(recipe, file)
      if (difference)
        wrong.push(`${i}: ${difference} ${JSON.stringify(recipe)}`)
    }
    t.same(wrong, [])
  },
)
