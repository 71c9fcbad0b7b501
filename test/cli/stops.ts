import { once } from 'node:events'
import {
  spawnSync,
  type ChildProcess,
  type StdioOptions,
} from 'node:child_process'
import { openSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { findFfmpeg } from '../../lib/io/ffmpeg.ts'
import { cli, CliRun, onlyLine } from '../fixtures/cli.ts'
import { endedBy, resultOf, startCli } from '../fixtures/cli-process.ts'
import { jfk, jfkText } from '../fixtures/speech-clips.ts'

const pcm = readFileSync(jfk).subarray(44)
const fromPipe = ['--raw', 's16le:16000', '-']

/** A process in mid-file: it has text, and waits for more input. */
const inMidFile = (): ChildProcess => {
  const child = startCli(fromPipe)
  for (let i = 0; i < 3; i++) child.stdin!.write(pcm)
  return child
}

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await wait(10)
}

t.test('Ctrl-C finishes what is decoded', async t => {
  const child = inMidFile()
  const result = resultOf(child)
  await once(child.stdout!, 'data')
  child.kill('SIGINT')
  const ended = await result
  const { stdout, stderr } = ended
  t.ok(endedBy('SIGINT', ended))
  t.equal(stdout.slice(0, jfkText.length), jfkText)
  t.match(stderr, /^voxpipe: stopping: .*\nvoxpipe: stopped before the end\n$/)
})

t.test('keeps a partial result under another name', async t => {
  const dir = t.testdir()
  const command = new CliRun([...fromPipe, '-o', join(dir, 'a.srt')])
  for (let i = 0; i < 3; i++) command.stdin.write(pcm)
  const partial = join(dir, 'a.partial.srt')
  await until(
    () => statSync(partial, { throwIfNoEntry: false })?.size !== undefined,
  )
  await until(() => statSync(partial).size > 0)
  command.interrupt('SIGTERM')
  const { code, stdout, stderr } = await command.ended
  t.match({ code, stdout }, { code: 143, stdout: '' })
  t.match(
    stderr,
    `stopped before the end; the partial result is in ${partial}\n`,
  )
  t.match(readFileSync(partial, 'utf8'), /^1\n00:00:0\d,\d{3} --> /)
  t.strictSame(readdirSync(dir), ['a.partial.srt'])
})

t.test('the second Ctrl-C ends it immediately', async t => {
  const child = inMidFile()
  const ended = once(child, 'close')
  await once(child.stdout!, 'data')
  child.kill('SIGINT')
  await once(child.stderr!, 'data')
  child.kill('SIGINT')
  const [code, signal] = (await ended) as [number | null, string | null]
  t.ok(endedBy('SIGINT', { code, signal }))
})

const mkfifo = spawnSync('mkfifo', ['--version']).error
const skipFifo = mkfifo ? 'needs mkfifo' : false

t.test(
  'Ctrl-C ends it at a pipe without a writer',
  { skip: skipFifo },
  async t => {
    const fifo = join(t.testdir(), 'ff')
    spawnSync('mkfifo', [fifo])
    // With an input before it, it is told when this one is begun.
    const child = startCli(['-', fifo])
    const ended = once(child, 'close')
    let stderr = ''
    child.stderr!.on('data', text => (stderr += text))
    child.stdin!.end()
    await until(() => stderr.includes('voxpipe: ff\n'))
    child.kill('SIGINT')
    const [code, signal] = (await ended) as [number | null, string | null]
    t.ok(endedBy('SIGINT', { code, signal }))
  },
)

/** Whether a process is there, and not a zombie that nobody has waited for. */
const isRunning = (pid: string): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

const skip =
  findFfmpeg() && process.platform === 'linux'
    ? false
    : 'needs ffmpeg, and /proc to look at'

t.test('no process is left', { skip }, async t => {
  const mpeg = resolve(import.meta.dirname, '../fixtures/audio/jfk.mpg')
  const child = startCli(['-', '-v'])
  child.stdin!.write(readFileSync(mpeg))
  const children = (): string[] =>
    readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
      .split(' ')
      .filter(pid => pid !== '')
  await until(() => children().length > 0)
  const pids = children()
  const result = resultOf(child)
  child.kill('SIGINT')
  t.ok(endedBy('SIGINT', await result))
  // The kernel takes a moment to bury what was killed.
  for (const pid of pids) await until(() => !isRunning(pid))
  t.notOk(pids.some(isRunning), 'and ffmpeg is gone')
})

t.test('a reader that closes the pipe is not an error', async t => {
  const child = inMidFile()
  const ended = once(child, 'close')
  let stderr = ''
  child.stderr!.on('data', text => (stderr += text))
  await once(child.stdout!, 'data')
  child.stdout!.destroy()
  for (let i = 0; i < 3; i++) child.stdin!.write(pcm)
  t.strictSame(await ended, [0, null])
  t.equal(stderr, '')
})

t.test('a reader gone hides no failure of another input', async t => {
  const child = startCli([jfk, '-', '-f', 'json', '--quiet'])
  const ended = once(child, 'close')
  let stderr = ''
  child.stderr!.on('data', text => (stderr += text))
  await once(child.stdout!, 'data')
  child.stdout!.destroy()
  child.stdin!.end('This is a letter and no audio at all.\n'.repeat(50))
  t.strictSame(await ended, [3, null])
  t.match(stderr, /^voxpipe: standard input: [^\n]*\n$/)
})

t.test('reports a full disk', async t => {
  const full = openSync('/dev/full', 'w')
  const stdio: StdioOptions = ['ignore', full, 'pipe']
  const onStdout = await resultOf(startCli([jfk], { stdio }))
  t.match(onStdout, { code: 5 })
  t.match(onlyLine(onStdout), /^cannot write to standard output: the disk is/)
  const help = await resultOf(startCli(['--help'], { stdio }))
  t.match(help, { code: 5 })
  const inFile = await cli([jfk, '-o', '/dev/full', '-f', 'vtt'])
  t.match(inFile, { code: 5, stdout: '' })
  t.match(onlyLine(inFile), /^cannot write \/dev\/full: the disk is full/)
})
