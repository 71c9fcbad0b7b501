import { join } from 'node:path'
import t from 'tap'
import {
  findRecorder,
  firstAudioSource,
  recorderCalls,
} from '../../lib/io/microphone.ts'
import { program } from '../fixtures/programs.ts'

t.test('arecord where there is ALSA, else ffmpeg', async t => {
  const home = t.testdir({})
  const arecord = program(join(home, 'a'), 'arecord')
  const ffmpeg = program(join(home, 'f'), 'ffmpeg')
  const PATH = [join(home, 'f'), join(home, 'a')].join(':')
  const find = (platform: NodeJS.Platform, env: NodeJS.ProcessEnv) =>
    findRecorder({ platform, env })
  t.same(find('linux', { PATH }), { name: 'arecord', path: arecord })
  t.same(find('darwin', { PATH }), { name: 'ffmpeg', path: ffmpeg })
  t.same(find('win32', { PATH }), { name: 'ffmpeg', path: ffmpeg })
  const VOXPIPE_FFMPEG = ffmpeg
  t.same(find('linux', { VOXPIPE_FFMPEG }), { name: 'ffmpeg', path: ffmpeg })
  t.equal(find('linux', { PATH: 'a:.:' }), undefined)
})

/** The words that each call has after its program. */
const calls = async (
  name: 'arecord' | 'ffmpeg',
  platform: NodeJS.Platform,
  device?: string,
  path = '/usr/bin/x',
): Promise<string[]> => {
  const found = await recorderCalls({ name, path }, device, platform)
  return found.map(({ args }) => args.join(' '))
}

t.test('how each is called', async t => {
  const pcm = '-t raw -f S16_LE -r 16000 -c 1'
  t.same(await calls('arecord', 'linux'), [`-q ${pcm}`])
  t.same(await calls('arecord', 'linux', 'hw:1'), [`-q ${pcm} -D hw:1`])
  const ffmpeg = async (platform: NodeJS.Platform, device?: string) =>
    (await calls('ffmpeg', platform, device)).map(
      words => /-loglevel error (.*) -ac 1 -ar 16000 -f s16le/.exec(words)![1],
    )
  t.same(await ffmpeg('linux'), ['-f pulse -i default', '-f alsa -i default'])
  t.same(await ffmpeg('linux', 'x'), ['-f pulse -i x', '-f alsa -i x'])
  t.same(await ffmpeg('darwin'), ['-f avfoundation -i :default'])
  t.same(await ffmpeg('darwin', '1'), ['-f avfoundation -i :1'])
  t.same(await ffmpeg('win32', 'USB (2)'), ['-f dshow -i audio=USB (2)'])
})

const sources = `Auto-detected sources for dshow:
  @device_pnp_\\\\?\\usb#vid_1 [Integrated Camera] (video)
  @device_cm_{33D9A762}\\wave_{7B1} [Microphone (Realtek [HD] Audio)] (audio)
  @device_cm_{33D9A762}\\wave_{7B2} [Line In] (audio)
`

t.test('on Windows, the first that records sound', async t => {
  const first = '@device_cm_{33D9A762}\\wave_{7B1}'
  t.equal(firstAudioSource(sources), first)
  t.equal(firstAudioSource(sources.replaceAll('\n', '\r\n')), first)
  t.equal(firstAudioSource('  a [Cam] (video)\n* b [C] (video, audio)\n'), 'b')
  t.equal(firstAudioSource('  a [audio] (video)\n'), undefined)
  const script = `cat <<'EOF'\n${sources}EOF`
  const ffmpeg = program(t.testdir({}), 'ffmpeg', script)
  const [words] = await calls('ffmpeg', 'win32', undefined, ffmpeg)
  t.match(words, `-f dshow -i audio=${first} `)
  const none = program(t.testdir({}), 'ffmpeg', 'exit 1')
  t.same(await calls('ffmpeg', 'win32', undefined, none), [])
})
