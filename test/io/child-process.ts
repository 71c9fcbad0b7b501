import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ByteChild, childEnv, outputOf } from '../../lib/io/child-process.ts'

const shell = (script: string, stallMs = 60_000) =>
  new ByteChild('/bin/sh', ['-c', script], { stallMs })

const all = async (child: ByteChild): Promise<string> => {
  const parts: Uint8Array[] = []
  for (let bytes; (bytes = await child.read());) parts.push(bytes)
  return Buffer.concat(parts).toString()
}

/** Whether a process is there and not just waiting to be reaped. */
const lives = (pid: number): boolean =>
  existsSync(`/proc/${pid}/stat`) &&
  !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))

const linux = existsSync('/proc/self/stat') ? false : 'needs /proc'

t.test('bytes in, bytes out', async t => {
  const child = shell('tr a-z A-Z')
  t.ok(await child.write(Buffer.from('hello')))
  child.endInput()
  t.equal(await all(child), 'HELLO')
  t.match(await child.ended(), { code: 0, lastLine: '', stalled: false })
})

t.test('more than a pipe holds goes through', async t => {
  const child = shell('cat')
  const reading = all(child)
  for (let i = 0; i < 50; i++) await child.write(Buffer.alloc(100_000, 'x'))
  child.endInput()
  t.equal((await reading).length, 5_000_000)
})

t.test('reports the exit code and the last line of output', async t => {
  const child = shell(
    String.raw`echo first >&2; printf '\033[31mbad\033[0m \a‮ file\r\n\n' >&2; exit 3`,
  )
  child.endInput()
  t.equal(await all(child), '')
  const { code, lastLine } = await child.ended()
  t.equal(code, 3)
  t.equal(lastLine, '[31mbad[0m  file')
})

t.test('handles a child that closes its input', async t => {
  const child = shell('exec <&-; echo done')
  t.equal(await all(child), 'done\n')
  await child.ended()
  t.equal(await child.write(Buffer.from('x')), false)
})

t.test('reports a missing program', async t => {
  const child = new ByteChild('/nowhere/x', [], { stallMs: 1000 })
  t.equal(await all(child), '')
  t.match(await child.ended(), { code: null, signal: null, lastLine: /ENOENT/ })
  await child.kill()
})

t.test('killed with all that it started', { skip: linux }, async t => {
  const child = shell('sleep 1000 & echo $!; sleep 1000')
  const started = Number(Buffer.from((await child.read())!).toString())
  t.ok(lives(started))
  await child.kill()
  t.match(await child.ended(), { code: null, signal: 'SIGKILL' })
  t.notOk(lives(child.pid!))
  while (lives(started)) await new Promise(setImmediate)
})

t.test('a child that does nothing is killed', async t => {
  const child = shell('sleep 1000', 50)
  child.endInput()
  t.equal(await all(child), '')
  t.match(await child.ended(), { stalled: true })
})

t.test('does not kill a child that waits for input', async t => {
  // A second is enough for `cat` on the busiest of machines.
  const child = shell('cat', 1000)
  const reading = child.read()
  await new Promise(resolve => setTimeout(resolve, 1200))
  await child.write(Buffer.from('late'))
  t.equal(Buffer.from((await reading)!).toString(), 'late')
  child.endInput()
  await all(child)
  t.match(await child.ended(), { code: 0, stalled: false })
})

t.test('it gets no keys', async t => {
  const env = {
    PATH: '/bin',
    OPENAI_API_KEY: 'sk-CANARY',
    LANG: 'C',
    HOME: '/x',
  }
  t.same(childEnv(env), { PATH: '/bin', LANG: 'C' })
  t.same(childEnv(env, ['HOME', 'XDG_RUNTIME_DIR']), {
    PATH: '/bin',
    LANG: 'C',
    HOME: '/x',
  })
  process.env['OPENAI_API_KEY'] = 'sk-CANARY'
  t.teardown(() => delete process.env['OPENAI_API_KEY'])
  t.notMatch(await outputOf('/bin/sh', ['-c', 'env'], 5000), 'CANARY')
})

t.test('output of a program', async t => {
  t.equal(await outputOf('/bin/sh', ['-c', 'echo yes'], 5000), 'yes\n')
  t.equal(await outputOf('/bin/sh', ['-c', 'echo no; exit 1'], 5000), '')
  t.equal(await outputOf(join(t.testdir({}), 'none'), [], 5000), '')
})
