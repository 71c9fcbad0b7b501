import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import t from 'tap'
import { Spool } from '../../lib/io/temporary-files.ts'

t.test('holds bytes in a file that only its owner can read', async t => {
  const spool = await Spool.open()
  await spool.write(Buffer.from('one '))
  await spool.write(Buffer.from('two'))
  t.equal(readFileSync(spool.path, 'utf8'), 'one two')
  t.equal(statSync(spool.path).mode & 0o777, 0o600)
  t.equal(statSync(dirname(spool.path)).mode & 0o777, 0o700)
  await spool.remove()
  t.notOk(existsSync(dirname(spool.path)))
})

t.test('takes no more than its limit', async t => {
  const spool = await Spool.open(10)
  await spool.write(Buffer.alloc(10))
  await t.rejects(spool.write(Buffer.alloc(1)), {
    code: 'VOX_OUTPUT',
    message: /limit 10 bytes.*faststart/,
  })
  await spool.remove()
})

t.test('a temporary folder that cannot be written', async t => {
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = '/dev/null'
  t.teardown(() => {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  })
  await t.rejects(Spool.open(), { code: 'VOX_OUTPUT', message: /TMPDIR/ })
})

t.test('goes away with the process', async t => {
  const home = t.testdir({})
  const module = new URL('../../lib/io/temporary-files.ts', import.meta.url)
    .href
  const script = `
    const { Spool } = await import(${JSON.stringify(module)})
    const { existsSync } = await import('node:fs')
    const { path } = await Spool.open()
    process.exit(existsSync(path) ? 7 : 1)`
  const { status } = spawnSync(
    process.execPath,
    [...process.execArgv, '--input-type=module', '-e', script],
    { env: { ...process.env, TMPDIR: home } },
  )
  t.equal(status, 7)
  const left = readdirSync(home).filter(name => name.startsWith('voxpipe-'))
  t.same(left, [])
})
