import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { watch } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { cli, CliRun, onlyLine } from '../fixtures/cli.ts'
import { readPlaylist, readSegment } from '../fixtures/hls.ts'
import { jfk, jfkText } from '../fixtures/speech-clips.ts'

const read = (dir: string, name: string): string =>
  readFileSync(join(dir, name), 'utf8')

/** What the segments of a playlist say, repeated cues once. */
const textOf = (dir: string, playlist: string): string => {
  const { segments } = readPlaylist(read(dir, playlist))
  const texts = segments.flatMap(({ name }) =>
    readSegment(read(dir, name)).cues.map(cue => cue.text),
  )
  return [...new Set(texts)].join(' ').replaceAll('\n', ' ')
}

const srt = '1\n00:00:01,000 --> 00:00:08,000\nOne & one\n'

t.test('a folder of segments, and the playlist when all is there', async t => {
  const dir = t.testdir({ 'jfk.m3u8': 'of another time' })
  const result = await cli([jfk, '-f', 'hls,txt', '-o', `${dir}/`])
  t.match(result, { code: 0, stdout: '' })
  t.match(result.stderr, `wrote ${join(dir, 'jfk.m3u8')}`)
  t.strictSame(readdirSync(dir).sort(), [
    'jfk-00001.vtt',
    'jfk-00002.vtt',
    'jfk.m3u8',
    'jfk.txt',
  ])
  t.match(readPlaylist(read(dir, 'jfk.m3u8')), {
    tags: { 'PLAYLIST-TYPE': 'VOD' },
    segments: [{ seconds: 6 }, { seconds: 5 }],
    ended: true,
  })
  t.equal(textOf(dir, 'jfk.m3u8'), jfkText)
})

t.test('live: the playlist grows until Ctrl-C', async t => {
  const dir = t.testdir()
  const pcm = readFileSync(jfk).subarray(44)
  const raw = ['--raw', 's16le:16000', '-', '--live']
  const changes = watch(dir)
  const command = new CliRun([...raw, '-f', 'hls', '-o', dir])
  command.stdin.write(pcm)
  const listed = (): string[] => {
    try {
      const { segments, ended } = readPlaylist(read(dir, 'stdin.m3u8'))
      return ended ? [] : segments.map(({ name }) => name)
    } catch {
      return []
    }
  }
  for await (const _ of changes) if (listed().length > 0) break
  t.match(read(dir, 'stdin.m3u8'), '#EXT-X-PLAYLIST-TYPE:EVENT')
  command.interrupt()
  t.match(await command.ended, { code: 130 })
  t.ok(readPlaylist(read(dir, 'stdin.m3u8')).ended)
  t.equal(textOf(dir, 'stdin.m3u8'), jfkText)
})

t.test('makes HLS from existing captions', async t => {
  const dir = t.testdir({ 'a b.srt': srt })
  const result = await cli(['captions', 'a b.srt', '-f', 'hls', '-o', './'], {
    cwd: dir,
  })
  t.match(result, { code: 0 })
  t.match(readPlaylist(read(dir, 'a b.m3u8')).segments, [
    { seconds: 6, name: 'a b-00001.vtt' },
    { seconds: 2, name: 'a b-00002.vtt' },
  ])
  t.equal(textOf(dir, 'a b.m3u8'), 'One & one')
})

t.test('a failure leaves no complete playlist', async t => {
  const dir = t.testdir({ 'jfk.m3u8': 'of another time' })
  const cut = join(dir, 'jfk.wav')
  writeFileSync(cut, readFileSync(jfk).subarray(0, 200_000))
  const result = await cli([cut, '-f', 'hls', '-o', `${dir}/`, '--strict'])
  t.equal(result.code, 3)
  t.match(onlyLine(result), `the partial result is in ${dir}/jfk.partial.m3u8`)
  t.match(textOf(dir, 'jfk.partial.m3u8'), /^And so/i)
  t.notOk(readdirSync(dir).includes('jfk.m3u8'))
})

t.test('it needs a folder', async t => {
  const message = /^hls writes many files, .* name it with -o FOLDER\/$/
  for (const args of [[], ['-o', 'a.m3u8'], ['-o', '-']]) {
    const result = await cli([jfk, '-f', 'hls', ...args])
    t.match(onlyLine(result), message, args.join(' '))
    t.equal(result.code, 2)
  }
})
