// In a process of its own: it changes the working folder.
import { isAbsolute, join } from 'node:path'
import t from 'tap'
import {
  ffmpegArgs,
  ffmpegVersion,
  findFfmpeg,
  requireFfmpeg,
} from '../../lib/io/ffmpeg.ts'
import { noFfmpeg } from '../fixtures/audio.ts'
import { program } from '../fixtures/programs.ts'

t.test('the first on PATH, by an absolute path', async t => {
  const home = t.testdir({ empty: {}, plain: { ffmpeg: 'no program' } })
  const first = program(join(home, 'a'), 'ffmpeg')
  program(join(home, 'b'), 'ffmpeg')
  const PATH = ['empty', 'plain', 'a', 'b']
    .map(name => join(home, name))
    .join(':')
  t.equal(findFfmpeg({ PATH }), first)
  t.equal(findFfmpeg({ PATH: join(home, 'empty') }), undefined)
  t.equal(findFfmpeg({}), undefined)
})

t.test('never one in the current or another relative folder', async t => {
  const home = t.testdir({})
  program(join(home, 'bin'), 'ffmpeg')
  program(home, 'ffmpeg')
  const before = process.cwd()
  process.chdir(home)
  t.teardown(() => process.chdir(before))
  for (const PATH of ['', '.', ':', 'bin', './bin'])
    t.equal(findFfmpeg({ PATH }), undefined)
})

t.test('VOXPIPE_FFMPEG wins, and must be an absolute program', async t => {
  const home = t.testdir({ text: 'no program' })
  const path = program(home, 'my ffmpeg')
  const other = program(join(home, 'bin'), 'ffmpeg')
  const PATH = join(home, 'bin')
  t.equal(findFfmpeg({ PATH, VOXPIPE_FFMPEG: path }), path)
  t.equal(findFfmpeg({ PATH, VOXPIPE_FFMPEG: '' }), other)
  for (const VOXPIPE_FFMPEG of ['ffmpeg', join(home, 'text'), home])
    t.equal(findFfmpeg({ PATH, VOXPIPE_FFMPEG }), undefined)
})

t.test('none: an error with the cure', async t => {
  t.throws(() => requireFfmpeg('/nowhere/ffmpeg', 'mp4'), {
    code: 'VOX_FFMPEG_MISSING',
    message: /mp4.*VOXPIPE_FFMPEG/,
  })
})

t.test('its version', async t => {
  const home = t.testdir({})
  const rows: [string, string | undefined][] = [
    ['echo ffmpeg version 7.1-static Copyright', '7.1-static'],
    ['echo something else', undefined],
    ['echo ffmpeg version 7.1; exit 1', undefined],
  ]
  for (const [i, [script, version]] of rows.entries())
    t.equal(await ffmpegVersion(program(home, `f${i}`, script)), version)
  t.equal(await ffmpegVersion(join(home, 'nothing')), undefined)
})

t.test('the one that is installed', { skip: noFfmpeg }, async t => {
  const path = findFfmpeg()
  t.ok(path && isAbsolute(path))
  t.match(await ffmpegVersion(path!), /\d/)
})

t.test('only one demuxer and one protocol are allowed', async t => {
  const piped = ffmpegArgs({ path: '/f', demuxer: 'aac' }).join(' ')
  t.match(piped, '-nostdin -hide_banner -loglevel error')
  t.match(
    piped,
    '-protocol_whitelist pipe -format_whitelist aac -f aac -i pipe:0',
  )
  t.ok(piped.endsWith('pipe:1'))
  const spool = '/tmp/x y/-i'
  const args = ffmpegArgs({ path: '/f', demuxer: 'mov', spool })
  t.equal(args[args.indexOf('-i') + 1], `file:${spool}`)
  t.equal(args[args.indexOf('-protocol_whitelist') + 1], 'file')
})
