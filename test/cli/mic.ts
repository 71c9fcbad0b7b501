import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { cli, CliRun, onlyLine } from '../fixtures/cli.ts'
import { program } from '../fixtures/programs.ts'
import { jfk, jfkStart } from '../fixtures/speech-clips.ts'

/** Environment with nothing on PATH but an `arecord` of this script. */
const recorder = (folder: string, script: string): Record<string, string> => {
  program(folder, 'arecord', `PATH=/usr/bin:/bin\n${script}`)
  return { PATH: folder, VOXPIPE_FFMPEG: '' }
}

const skip = process.platform === 'linux' ? false : 'needs Linux'

t.test('transcribes the microphone until Ctrl-C', { skip }, async t => {
  const dir = t.testdir({ bin: {} })
  const pcm = Buffer.concat([
    readFileSync(jfk).subarray(44, 102_444),
    Buffer.alloc(48_000),
  ])
  writeFileSync(join(dir, 'pcm'), pcm)
  const script = `cat '${dir}/pcm'; exec sleep 1000`
  const env = recorder(join(dir, 'bin'), script)

  const out = join(dir, 'out')
  const args = ['mic', '--latency', 'accurate', '-f', 'txt,jsonl']
  const command = new CliRun([...args, '-o', `${out}/`], { env })
  const partial = join(out, 'microphone.partial.txt')
  while (!statSync(partial, { throwIfNoEntry: false })?.size) await wait(10)
  command.interrupt()
  const ended = await command.ended
  t.equal(ended.code, 130)
  t.match(
    ended.stderr,
    /^voxpipe: recording with arecord; press Ctrl-C to stop\nvoxpipe: stopping: .*\nvoxpipe: wrote .*txt\nvoxpipe: wrote .*jsonl\n$/,
  )
  const files = ['microphone.jsonl', 'microphone.txt']
  t.strictSame(readdirSync(out).sort(), files, 'stopped, they are whole')
  const text = readFileSync(join(out, 'microphone.txt'), 'utf8')
  t.equal(text, `${jfkStart}\n`)
})

t.test('reports a microphone that cannot be recorded', { skip }, async t => {
  const dir = t.testdir({ none: {} })
  const broken = recorder(
    join(dir, 'bin'),
    String.raw`printf 'audio open error: \033[31mNo such file\n' >&2; exit 1`,
  )
  const failed = await cli(['mic'], { env: broken })
  t.match(failed, { code: 5, stdout: '' })
  t.match(
    onlyLine(failed),
    /^arecord could not record: audio open error: \[31mNo such file; check/,
  )
  const none = { PATH: join(dir, 'none'), VOXPIPE_FFMPEG: '' }
  const missing = await cli(['mic'], { env: none })
  t.match(missing, { code: 5, stdout: '' })
  t.match(onlyLine(missing), /install arecord \(apt install alsa-utils\)/)
  const raw = await cli(['mic', '--raw', 's16le:8000'])
  t.match(raw, { code: 2, stdout: '' })
  t.match(onlyLine(raw), /^'voxpipe mic' does not take --raw/)
})

t.test('doctor names the recording program', { skip }, async t => {
  const env = recorder(t.testdir({}), 'exit 0')
  const { stdout } = await cli(['doctor'], { env })
  t.match(stdout, /^ok +microphone: arecord \(.*\/arecord\)$/m)
})
