import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { findFfmpeg } from '../../../lib/audio/index.ts'
import {
  formOf,
  openServer,
  upload,
  words,
} from '../../fixtures/local-server.ts'
import { residentMB } from '../../fixtures/memory.ts'

const ffmpeg = findFfmpeg()

t.setTimeout(3_600_000)

const bombs = [
  [
    'day.ogg',
    ['-c:a', 'libopus', '-compression_level', '0', '-frame_duration', '60'],
  ],
  ['day.flac', ['-c:a', 'flac']],
] as const

t.test('a day of silence', { skip: !ffmpeg && 'needs ffmpeg' }, async t => {
  const server = await openServer(t, { maxDurationMs: 1_800_000 })
  // So that what the server loads is in memory before.
  const form = formOf(['model', 'whisper-1'], ['file', words, 'a.wav'])
  t.equal((await upload(server, form)).status, 200)
  for (const [name, codec] of bombs) {
    const path = join(t.testdir({}), name)
    const silence = ['-f', 'lavfi', '-i', 'anullsrc=r=8000:cl=mono']
    execFileSync(ffmpeg!, [
      '-v',
      'error',
      ...silence,
      '-t',
      '86400',
      ...codec,
      path,
    ])
    const bytes = await readFile(path)
    for (const [model, seconds] of [
      ['gpt-4o-transcribe', 1_400],
      ['scripted', 1_800],
    ] as const) {
      const start = residentMB()
      let most = start
      const watch = setInterval(() => {
        most = Math.max(most, process.memoryUsage().rss / 2 ** 20)
      }, 100)
      const began = performance.now()
      const answer = await upload(
        server,
        formOf(['model', model], ['file', bytes, name]),
      )
      clearInterval(watch)
      const took = ((performance.now() - began) / 1_000).toFixed(1)
      const grown = (most - start).toFixed(0)
      t.comment(
        `${name} ${bytes.length} bytes, ${model}: ${took} s, ${grown} MB`,
      )
      t.match(await answer.json(), {
        error: {
          message: `audio is longer than ${seconds} seconds, which is the maximum for this model`,
        },
      })
      t.ok(most - start < 300, `${name}: ${grown} MB`)
    }
  }
})
