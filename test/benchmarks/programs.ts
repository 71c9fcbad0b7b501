import t from 'tap'
import { bytesThrough } from '../../benchmarks/programs.ts'

// Any program will do.
const run = (script: string, bytes: Uint8Array): Promise<Uint8Array> =>
  bytesThrough(process.execPath, ['-e', script], bytes)

t.test('more bytes than a pipe holds go in while bytes come out', async t => {
  const bytes = Buffer.alloc(3_000_000, 'voxpipe ')
  const out = await run('process.stdin.pipe(process.stdout)', bytes)
  t.ok(bytes.equals(out))
})

t.test('a program that fails says why', async t => {
  await t.rejects(
    run('console.error("no such codec"); process.exit(3)', Buffer.alloc(9)),
    {
      code: 'VOX_FFMPEG_FAILED',
      exitCode: 3,
      message: /failed: no such codec/,
    },
  )
})

t.test('reads the output of a program that ignores its input', async t => {
  const out = await run('console.log("done")', Buffer.alloc(1_000_000))
  t.equal(Buffer.from(out).toString(), 'done\n')
})
