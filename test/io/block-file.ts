import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { BlockFile } from '../../lib/io/temporary-files.ts'

/** Sets the folder for temporary files; back at the end of the test. */
const setTmp = (t: Test, folder: string): void => {
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = folder
  t.teardown(() => {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  })
}

/** A file of blocks of 8 bytes, and where it is. */
const open = (t: Test) => {
  const folder = t.testdir({})
  setTmp(t, folder)
  const file = new BlockFile(8)
  t.teardown(() => file.remove())
  const path = (): string => join(folder, readdirSync(folder)[0]!, 'audio')
  return { file, folder, path }
}

/** The first bytes of a block, as text. */
const textOf = async (file: BlockFile, place: number, length: number) =>
  (await file.read(place, length)).toString()

t.test('blocks come back, to a file that only its owner can read', async t => {
  const { file, folder, path } = open(t)
  t.same(readdirSync(folder), [], 'no file before it is needed')
  const one = await file.write(Buffer.from('one, one'))
  const two = await file.write(Buffer.from('two'))
  t.equal(await textOf(file, two, 3), 'two')
  t.equal(await textOf(file, one, 8), 'one, one')
  t.equal(await textOf(file, one, 3), 'one', 'or their first bytes')
  t.equal(statSync(path()).mode & 0o777, 0o600)
  t.equal(statSync(join(path(), '..')).mode & 0o777, 0o700)
  await file.remove()
  t.same(readdirSync(folder), [])
  await file.remove()
})

t.test('writes blocks concurrently to separate places', async t => {
  const { file } = open(t)
  const texts = Array.from({ length: 20 }, (_, i) => `block ${i}`)
  const places = await Promise.all(
    texts.map(text => file.write(Buffer.from(text))),
  )
  t.equal(new Set(places).size, texts.length)
  for (const [i, text] of texts.entries())
    t.equal(await textOf(file, places[i]!, text.length), text)
})

t.test('the file never grows beyond its largest content', async t => {
  const steps = fc.array(fc.boolean(), { minLength: 1, maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(steps, async steps => {
      const { file, path } = open(t)
      const kept: { place: number; text: string }[] = []
      let [most, count] = [0, 0]
      for (const write of [true, ...steps])
        if (write) {
          const text = `b${count++}`.padEnd(8)
          kept.push({ place: await file.write(Buffer.from(text)), text })
          most = Math.max(most, kept.length)
        } else {
          const [first] = kept.splice(0, 1)
          if (first) file.free(first.place)
        }
      for (const { place, text } of kept)
        t.equal(await textOf(file, place, 8), text)
      t.equal(readFileSync(path()).length, most * 8)
      await file.remove()
    }),
    { numRuns: 20 },
  )
})

t.test('a temporary folder that cannot be written', async t => {
  setTmp(t, '/dev/null')
  const file = new BlockFile(8)
  await t.rejects(file.write(Buffer.from('one')), {
    code: 'VOX_OUTPUT',
    message: /\(ENOTDIR\): make room in \/dev\/null or set TMPDIR/,
  })
  await file.remove()
})

t.test('reports a file that was truncated', async t => {
  const { file, path } = open(t)
  const place = await file.write(Buffer.from('one, one'))
  truncateSync(path(), 5)
  await t.rejects(file.read(place, 8), { code: 'VOX_OUTPUT' })
  t.equal(await textOf(file, place, 5), 'one, ')
})

t.test('goes away with the process', async t => {
  const home = t.testdir({})
  const module = new URL('../../lib/io/temporary-files.ts', import.meta.url)
    .href
  const script = `
    const { BlockFile } = await import(${JSON.stringify(module)})
    const { readdirSync } = await import('node:fs')
    await new BlockFile(8).write(Buffer.from('one'))
    process.exit(readdirSync(process.env.TMPDIR).some(n => n.startsWith('voxpipe-')) ? 7 : 1)`
  const { status } = spawnSync(
    process.execPath,
    [...process.execArgv, '--input-type=module', '-e', script],
    { env: { ...process.env, TMPDIR: home } },
  )
  t.equal(status, 7)
  const left = readdirSync(home).filter(name => name.startsWith('voxpipe-'))
  t.same(left, [])
})
