import t from 'tap'
import {
  clip,
  codesOf,
  decode,
  jfk,
  noFfmpeg,
  sameSamples,
} from '../../fixtures/audio.ts'
import {
  differenceFromFlac,
  flacRecipes,
  type FlacRecipe,
  makeFlac,
  noFlac,
  noSox,
  withRejectedFrames,
} from '../../fixtures/flac-files.ts'
import { folderWith } from '../../fixtures/folder.ts'

const folder = folderWith()
const NOWHERE = { ffmpeg: '/nowhere/ffmpeg' }

const compare = async (recipes: readonly FlacRecipe[]) => {
  const wrong: string[] = []
  for (const recipe of recipes) {
    const difference = await differenceFromFlac(
      recipe,
      makeFlac(recipe, folder),
    )
    if (difference) wrong.push(`${difference} ${JSON.stringify(recipe)}`)
  }
  return wrong
}

for (const [encoder, missing] of [
  ['flac', noFlac || noFfmpeg],
  ['ffmpeg', noFlac || noFfmpeg],
  ['sox', noFlac || noSox],
] as const)
  t.test(
    `decodes what ${encoder} encodes as flac -d does, to the bit`,
    { skip: missing },
    async t => t.same(await compare(flacRecipes(4, 3, [encoder])), []),
  )

t.test('FLAC has the samples of the WAV that it was made of', async t => {
  const { channels, error } = await decode(clip('jfk.flac'), NOWHERE)
  t.equal(error, undefined)
  t.ok(sameSamples(channels, [jfk()]))
})

const plain: FlacRecipe = {
  encoder: 'flac',
  args: [],
  signal: 'tones',
  sampleRate: 44_100,
  bits: 16,
  wasted: 0,
  channels: 2,
  frames: 9000,
  piped: false,
  id3: 0,
  variable: false,
  portions: [4096],
}

t.test(
  'FLAC of widths that libFLAC’s caller cannot scale goes to ffmpeg',
  { skip: noFlac || noFfmpeg },
  async t => {
    const recipes: FlacRecipe[] = [
      { ...plain, bits: 20 },
      { ...plain, bits: 12, channels: 1 },
    ]
    for (const recipe of recipes) {
      const file = makeFlac(recipe, folder)
      const { error, chunks } = await decode(file, NOWHERE)
      t.match(error, { code: 'VOX_FFMPEG_MISSING' })
      t.same(chunks, [], 'no samples in place of those that cannot be had')
    }
    t.same(await compare(recipes), [])
  },
)

t.test('FLAC of fewer than 8 bits is an error', { skip: noFlac }, async t => {
  const { error, chunks } = await decode(
    makeFlac({ ...plain, bits: 4 }, folder),
  )
  t.match(error, { code: 'VOX_DECODE', message: /4 bits per sample/ })
  t.same(chunks, [])
})

t.test('frames of 2 MB are decoded', { skip: noFlac }, async t => {
  const largest = { ...plain, bits: 32, channels: 8, frames: 140_000 }
  const args = ['-b', '65535', '-0']
  t.same(
    await compare([
      { ...largest, signal: 'noise', args },
      { ...largest, signal: 'tones', args },
    ]),
    [],
  )
})

t.test('frames that libFLAC rejects cost no other frame', async t => {
  const whole = await decode(clip('jfk.flac'), NOWHERE)
  const { bytes } = withRejectedFrames(3)
  const result = await decode(bytes, NOWHERE)
  t.equal(result.error, undefined)
  t.ok(codesOf(result).includes('VOX_DECODE'))
  t.ok(result.chunks.length > 0)
  for (const { offset, channels } of result.chunks) {
    const [samples] = channels
    const there = whole.channels[0]!.subarray(offset, offset + samples!.length)
    if (!samples!.every((x, i) => x === there[i] || x === 0))
      t.fail(`other samples at ${offset}`)
  }
})

t.test('a file of nothing but such frames ends with an error', async t => {
  const { bytes, frames } = withRejectedFrames(1)
  const many = Buffer.concat([
    bytes,
    ...Array.from({ length: Math.ceil(21 / frames) }, () => bytes),
  ])
  const result = await decode(many, NOWHERE)
  t.match(result.error, { code: 'VOX_DECODE' })
  t.same(result.chunks, [])
})
