import * as fc from 'fast-check'
import t from 'tap'
import { OggPages } from '../../../lib/decode/ogg/ogg-pages.ts'
import { clip, portions } from '../../fixtures/audio.ts'
import { oggPage } from '../../fixtures/containers.ts'

const bytes = clip('jfk.opus')

const run = (input: Uint8Array, size = 4096) => {
  const parser = new OggPages()
  const pages: string[] = []
  const note = ({
    intact,
    sequence,
    granule,
    body,
  }: {
    intact: boolean
    sequence: number
    granule: number | undefined
    body: Uint8Array
  }) => pages.push([intact, sequence, granule, body.length].join())
  for (const part of portions(input, size))
    for (const page of parser.push(part)) note(page)
  for (const page of parser.end()) note(page)
  return { pages, damaged: parser.damaged, truncated: parser.truncated }
}

t.test('fields of a page', async t => {
  const shape = {
    body: Buffer.from('hello'),
    lacing: [5],
    granule: 77,
    serial: 9,
    sequence: 3,
  }
  const [page] = [...new OggPages().push(oggPage({ ...shape, flags: 5 }))]
  t.match(page, {
    intact: true,
    serial: 9,
    sequence: 3,
    granule: 77,
    continued: true,
    first: false,
    last: true,
  })
  t.equal(Buffer.from(page!.body).toString(), 'hello')
  const [none] = [...new OggPages().push(oggPage({ ...shape, granule: -1 }))]
  t.equal(none!.granule, undefined)
})

t.test('a page with a wrong bit is told, one cut off is left out', async t => {
  const wrong = Buffer.from(bytes)
  wrong[bytes.length / 2]! ^= 1
  const whole = run(bytes)
  const { pages, damaged } = run(wrong)
  t.equal(pages.length, whole.pages.length)
  t.equal(pages.filter(page => page.startsWith('false')).length, 1)
  t.equal(damaged, 0)
  const cut = run(bytes.subarray(0, -1))
  t.equal(cut.pages.length, whole.pages.length - 1)
  t.ok(cut.truncated)
})

t.test('damage, in any portions', async () => {
  const start = bytes.subarray(0, 12_000)
  const whole = run(start).pages.length
  fc.assert(
    fc.property(
      fc.nat({ max: 11_000 }),
      fc.uint8Array({ maxLength: 600, size: 'max' }),
      fc.integer({ min: 1, max: 3000 }),
      (at, noise, size) => {
        const damaged = Buffer.from(start)
        damaged.set(noise, at)
        const a = run(damaged, 100_000).pages
        return (
          JSON.stringify(a) === JSON.stringify(run(damaged, size).pages) &&
          a.length >= whole - 4
        )
      },
    ),
    { numRuns: 60 },
  )
})
