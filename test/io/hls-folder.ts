import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import t from 'tap'
import { HlsCaptions } from '../../lib/captions/hls/hls-captions.ts'
import { HlsFolder } from '../../lib/io/hls-folder.ts'
import { readPlaylist } from '../fixtures/hls.ts'

/** A cue in each of many segments of a second. */
const cues = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    start: i * 1000,
    end: i * 1000 + 900,
    lines: [`cue ${i}`],
  }))

const write = (folder: string, file: unknown): Promise<unknown> =>
  pipeline(Readable.from([file]), new HlsFolder(folder))

t.test('files are whole under their names, and nothing is left', async t => {
  const folder = join(t.testdir(), 'a/b')
  await pipeline(
    Readable.from(cues(3)),
    new HlsCaptions({ segmentMs: 1000 }),
    new HlsFolder(folder),
  )
  const { segments } = readPlaylist(
    readFileSync(join(folder, 'captions.m3u8'), 'utf8'),
  )
  t.strictSame(
    readdirSync(folder).sort(),
    ['captions.m3u8', ...segments.map(({ name }) => name)].sort(),
  )
  t.match(readFileSync(join(folder, 'captions-00002.vtt'), 'utf8'), /\ncue 1\n/)
})

t.test('every file in the playlist exists at any time', async t => {
  const folder = t.testdir()
  const playlist = join(folder, 'captions.m3u8')
  const missing: string[] = []
  let looks = 0
  const look = (): void => {
    if (!existsSync(playlist)) return
    looks++
    for (const { name } of readPlaylist(readFileSync(playlist, 'utf8'))
      .segments)
      if (!existsSync(join(folder, name))) missing.push(name)
  }
  const watcher = watch(folder, look)
  const stage = new HlsCaptions({
    segmentMs: 1000,
    playlist: 'live',
    window: 3,
  })
  const files = stage.pipe(new HlsFolder(folder))
  for (const cue of cues(20)) {
    await new Promise(done => stage.write(cue, done))
    do await new Promise(setImmediate)
    while (files.writableLength > 0)
    look()
  }
  stage.end()
  await new Promise(done => files.once('finish', done))
  watcher.close() // the folder goes with the test
  look()
  t.strictSame(missing, [])
  t.ok(looks > 10)
})

t.test('deletes old segments as late as the standard requires', async t => {
  const folder = t.testdir({ 'captions-00000.vtt': 'of somebody else' })
  const write = new HlsFolder(folder)
  const save = (name: string, text: string) =>
    new Promise(done => write.write({ name, text }, done))
  const there = () => readdirSync(folder).filter(name => name.endsWith('.vtt'))
  const options = { segmentMs: 1000, playlist: 'live', window: 3 } as const
  const stage = new HlsCaptions(options)
  const flow = Readable.from(cues(20)).pipe(stage)
  for await (const { name, text } of flow) {
    await save(name, text)
    if (name !== 'captions.m3u8') continue
    const { tags, segments } = readPlaylist(text)
    const gone = Number(tags['MEDIA-SEQUENCE'])
    const kept = Math.min(gone, segments.length + 1)
    t.equal(there().length - 1, segments.length + kept, `${gone} gone`)
  }
  t.ok(existsSync(join(folder, 'captions-00000.vtt')), 'only its own')
})

t.test('a link left there is not written through', async t => {
  const folder = t.testdir({ victim: 'whole' })
  for (const name of ['a.vtt', '.a.vtt.partial'])
    symlinkSync(join(folder, 'victim'), join(folder, name))
  await write(folder, { name: 'a.vtt', text: 'WEBVTT\n' })
  t.equal(readFileSync(join(folder, 'victim'), 'utf8'), 'whole')
  t.equal(readFileSync(join(folder, 'a.vtt'), 'utf8'), 'WEBVTT\n')
})

t.test('refuses invalid files', async t => {
  const folder = t.testdir()
  for (const name of ['../a', 'a/b', '..', '.', '', 7])
    await t.rejects(
      write(folder, { name, text: '' }),
      { code: 'VOX_FORMAT' },
      `${name}`,
    )
  await t.rejects(write(folder, 'text'), { code: 'VOX_FORMAT' })
  t.strictSame(readdirSync(folder), [])
  t.throws(() => new HlsFolder(''), { code: 'VOX_OPTION', option: 'folder' })
})

t.test('reports files that cannot be written', async t => {
  const folder = t.testdir({ file: '' })
  const name = join(folder, 'file')
  await t.rejects(write(name, { name: 'a', text: '' }), {
    code: 'VOX_OUTPUT',
    message: `cannot write into ${name} (EEXIST); make room, or choose another folder`,
    cause: { code: 'EEXIST' },
  })
  mkdirSync(join(folder, 'a.vtt'))
  writeFileSync(join(folder, 'a.vtt', 'inside'), '')
  await t.rejects(write(folder, { name: 'a.vtt', text: '' }), {
    code: 'VOX_OUTPUT',
  })
  t.strictSame(readdirSync(folder).sort(), ['a.vtt', 'file'])
  const abort = new AbortController()
  abort.abort()
  const { signal } = abort
  const stopped = pipeline(Readable.from([]), new HlsFolder(folder, { signal }))
  await t.rejects(stopped, { name: 'AbortError' })
})
