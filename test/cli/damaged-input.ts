import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { findFfmpeg } from '../../lib/io/ffmpeg.ts'
import { cli } from '../fixtures/cli.ts'
import { folderWith } from '../fixtures/folder.ts'

const audio = resolve(import.meta.dirname, '../fixtures/audio')
const dir = folderWith()

const cut = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length / 2)

const corrupt = (bytes: Buffer): Buffer => {
  const copy = Buffer.from(bytes)
  for (let i = 0.4 * copy.length; i < 0.5 * copy.length; i++)
    copy[Math.floor(i)]! ^= 0x5a
  return copy
}

const decoded = ['mp3', 'flac', 'ogg', 'opus', 'webm']
const byFfmpeg = ['m4a', 'moov-first.mp4', 'mpg']

/** Every file halved and damaged, all in one run. */
const check = (name: string, files: readonly string[], skip: string | false) =>
  t.test(name, { skip }, async t => {
    const inputs = files.flatMap(name => {
      const file = `jfk${name.includes('.') ? '-' : '.'}${name}`
      const bytes = readFileSync(join(audio, file))
      const [half, bad] = [join(dir, `half-${file}`), join(dir, `bad-${file}`)]
      writeFileSync(half, cut(bytes))
      writeFileSync(bad, corrupt(bytes))
      return [half, bad]
    })
    const out = join(dir, `${files[0]}-out`)
    const result = await cli([...inputs, '-o', `${out}/`, '-f', 'txt'])
    t.ok([0, 1, 3].includes(result.code!), `exit code ${result.code}`)
    t.notMatch(result.stderr, /unexpected error|\n\s+at /)
    const lines = result.stderr.trim().split('\n')
    t.ok(
      lines.every(line => line.startsWith('voxpipe: ')),
      'one line a message',
    )
    for (const input of inputs) {
      const short = input.slice(dir.length + 1)
      if (short === 'half-jfk.mpg') continue // MPEG declares no length
      const about = lines.filter(line => line.includes(short))
      t.ok(about.length > 0, `${short} is told of: ${about.join('; ')}`)
    }
  })

check('decoded here', decoded, false)
check('decoded by ffmpeg', byFfmpeg, findFfmpeg() ? false : 'needs ffmpeg')
