import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { Microphone } from '../../lib/io/microphone.ts'
import { program } from '../fixtures/programs.ts'

const before = { ...process.env }
t.afterEach(() => {
  for (const name of ['PATH', 'VOXPIPE_FFMPEG', 'OPENAI_API_KEY'])
    if (before[name] === undefined) delete process.env[name]
    else process.env[name] = before[name]
})

/** Has only these programs on PATH, and what their scripts need. */
const have = (
  folder: string,
  scripts: Record<string, string>,
): Record<string, string> => {
  const bin = join(folder, 'bin')
  const paths = Object.entries(scripts).map(([name, script]) => [
    name,
    program(bin, name, `PATH=/usr/bin:/bin\n${script}`),
  ])
  process.env['PATH'] = bin
  process.env['VOXPIPE_FFMPEG'] = ''
  return Object.fromEntries(paths) as Record<string, string>
}

t.test('returns the recorded samples', async t => {
  const folder = t.testdir({})
  have(folder, { arecord: `echo "$@" > ${folder}/args; printf abcdef` })
  const microphone = new Microphone({ device: 'hw:2' })
  const recording = once(microphone, 'recording')
  t.equal((await buffer(microphone)).toString(), 'abcdef')
  t.same(await recording, ['arecord'])
  t.match(readFileSync(join(folder, 'args'), 'utf8'), / -D hw:2\n$/)
  t.same(microphone.raw, {
    encoding: 's16le',
    sampleRate: 16_000,
    channels: 1,
  })
})

const lives = (pid: number): boolean => {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

const skip = existsSync('/proc/self/stat') ? false : 'needs /proc'

t.test('when it is destroyed, the recorder is gone', { skip }, async t => {
  have(t.testdir({}), { arecord: 'echo $$; exec sleep 1000' })
  const microphone = new Microphone()
  const [pid] = (await once(microphone, 'data')) as [Buffer]
  t.ok(lives(Number(pid.toString())))
  microphone.destroy()
  await once(microphone, 'close')
  t.notOk(lives(Number(pid.toString())))
})

t.test('aborted before and after its start', async t => {
  have(t.testdir({}), { arecord: 'exec cat /dev/zero' })
  const early = new Microphone({ signal: AbortSignal.abort() })
  await t.rejects(buffer(early), { name: 'AbortError' })
  const controller = new AbortController()
  const microphone = new Microphone({ signal: controller.signal })
  await once(microphone, 'data')
  controller.abort()
  await t.rejects(once(microphone, 'close'), { name: 'AbortError' })
})

t.test('quotes the recorder if a device does not open', async t => {
  const said = 'audio open error: No such file or directory'
  have(t.testdir({}), { arecord: `echo "x\n${said}" >&2; exit 1` })
  await t.rejects(buffer(new Microphone()), {
    code: 'VOX_MICROPHONE',
    message: `arecord could not record: ${said}; check the microphone`,
  })
  have(t.testdir({}), { arecord: 'exit 3' })
  await t.rejects(buffer(new Microphone()), { message: 'exit code 3' })
  have(t.testdir({}), { arecord: 'exit 0' })
  await t.rejects(buffer(new Microphone()), { message: 'could not record' })
})

t.test('a recorder that stops in between', async t => {
  have(t.testdir({}), { arecord: 'printf ab; echo unplugged >&2; exit 1' })
  await t.rejects(buffer(new Microphone()), {
    code: 'VOX_MICROPHONE',
    message: 'arecord stopped recording: unplugged',
  })
})

const linux = process.platform === 'linux' ? false : 'needs Linux'

t.test('ffmpeg: PulseAudio, or else ALSA', { skip: linux }, async t => {
  const script = 'case "$*" in *pulse*) exit 1;; esac; printf alsa'
  const { ffmpeg } = have(t.testdir({}), { ffmpeg: script })
  t.equal((await buffer(new Microphone())).toString(), 'alsa')
  process.env['PATH'] = ''
  process.env['VOXPIPE_FFMPEG'] = ffmpeg
  t.equal((await buffer(new Microphone())).toString(), 'alsa')
  have(t.testdir({}), { ffmpeg: 'echo "$6: Input/output error" >&2; exit 1' })
  await t.rejects(buffer(new Microphone()), {
    message: 'ffmpeg could not record: alsa: Input/output error',
  })
})

t.test('reports a missing recording program', async t => {
  have(t.testdir({}), {})
  await t.rejects(buffer(new Microphone()), {
    code: 'VOX_MICROPHONE',
    message: /install (arecord \(apt install alsa-utils\) or )?ffmpeg/,
  })
})

t.test('the recorder gets no keys', async t => {
  have(t.testdir({}), { arecord: 'env' })
  process.env['OPENAI_API_KEY'] = 'sk-CANARY'
  t.notMatch((await buffer(new Microphone())).toString(), 'CANARY')
})

t.test('options', async t => {
  const options = [{ device: '' }, { device: 'a\0' }, { device: 1 as never }]
  for (const wrong of options)
    t.throws(() => new Microphone(wrong), { code: 'VOX_OPTION' })
  t.throws(() => new Microphone({ signal: 1 as never }), { code: 'VOX_OPTION' })
})
