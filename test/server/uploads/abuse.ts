// In a process of its own: it measures memory, and what is spooled.
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as fc from 'fast-check'
import t, { type Test } from 'tap'
import { findFfmpeg } from '../../../lib/audio/index.ts'
import type { TranscriptionServer } from '../../../lib/server/index.ts'
import {
  chunkOf,
  dial,
  formOf,
  metric,
  openServer,
  partHead,
  restOf,
  speech,
  until,
  upload,
  uploadHead,
  words,
  wordsText,
} from '../../fixtures/local-server.ts'
import { residentMB } from '../../fixtures/memory.ts'
import { anyUpload, sendRaw } from '../../fixtures/broken-uploads.ts'

const limits = {
  maxUploadBytes: 40_000_000,
  maxDurationMs: 60_000,
  maxUploads: 2,
  maxWaiting: 2,
}
// What other processes spool at the same time is not counted.
const folder = t.testdir({})
process.env['TMPDIR'] = folder
const server = await openServer(t, limits)

/** How many uploads a server has in a state. */
const uploadsOf = (server: TranscriptionServer, state: 'running' | 'waiting') =>
  metric(server, `voxpipe_uploads{state="${state}"}`)
const spools = (): number => readdirSync(folder).length

/** Nothing is held, and it still works. */
const isWell = async (t: Test, one = server): Promise<void> => {
  for (const state of ['running', 'waiting'] as const)
    await until(async () => (await uploadsOf(one, state)) === 0)
  await until(() => spools() === 0)
  const form = formOf(['model', 'whisper-1'], ['file', words, 'a.wav'])
  t.match(await (await upload(one, form)).json(), { text: wordsText })
}

t.test('refuses invalid boundaries', async t => {
  const types = [
    `multipart/form-data; boundary=${'b'.repeat(252)}`,
    `multipart/form-data; boundary=${'b'.repeat(71)}`,
    'multipart/form-data; boundary=""',
    'multipart/form-data; boundary=',
    'multipart/form-data',
    'multipart/form-data; boundary=a; boundary=\u00e9',
    'multipart/mixed; boundary=b',
    'application/x-www-form-urlencoded',
    'application/json',
    '',
  ]
  for (const type of types) {
    const answer = await fetch(`${server.baseURL}/audio/transcriptions`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: '--b\r\n\r\n',
    })
    t.equal(answer.status, 400, type)
    t.match(await answer.json(), { error: { message: /multipart/ } }, type)
  }
})

t.test('ends forms that stall or end early', async t => {
  const file = `${partHead('file', 'a.wav')}${speech.toString('latin1', 0, 5_000)}`
  const model = `${partHead('model')}whisper-1\r\n`
  const bodies: [name: string, body: string, status: number][] = [
    ['nothing', '', 400],
    ['no end boundary', model + file, 400],
    ['no end boundary, file first', file, 400],
    ['ends in a head', '--b\r\nContent-Dispo', 400],
    ['no part', '--b--\r\n', 400],
    [
      'a field that is too long',
      `${partHead('x')}${'y'.repeat(2_000_000)}\r\n--b--`,
      413,
    ],
    ['too many fields', `${`${partHead('x')}y\r\n`.repeat(1_500)}--b--`, 413],
    ['too many files', `${`${partHead('x', 'y')}y\r\n`.repeat(20)}--b--`, 413],
    [
      'a head that is too long',
      `--b\r\nX: ${'y'.repeat(100_000)}\r\n\r\n--b--`,
      400,
    ],
  ]
  for (const [name, body, status] of bodies) {
    const socket = await dial(t, server)
    const bytes = Buffer.from(body, 'latin1')
    socket.write(uploadHead('b', bytes.length))
    socket.write(bytes)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    t.match(answer.toString(), `HTTP/1.1 ${status} `, name)
    socket.destroy()
  }
  await isWell(t)
})

t.test('ends uploads that slow down and stall', async t => {
  const server = await openServer(t, { ...limits, maxStallMs: 1_000 })
  const starts = ['', '--b\r\nCon', `${partHead('file', 'a.wav')}RIFF`]
  await Promise.all(
    [
      ...starts,
      `${partHead('model')}whisper-1\r\n${partHead('file', 'a.wav')}RIFF`,
    ]
      .slice(0, 4)
      .map(async start => {
        const socket = await dial(t, server)
        socket.write(uploadHead())
        if (start) socket.write(chunkOf(start))
        t.match(
          await restOf(socket),
          /^HTTP\/1.1 408 [^]*Upload stalled/,
          start,
        )
      }),
  )
  await isWell(t, server)
})

t.test('a body that never ends', async t => {
  const socket = await dial(t, server)
  socket.write(uploadHead())
  socket.write(chunkOf(partHead('file', 'a.wav')))
  const mega = chunkOf(Buffer.alloc(1 << 20))
  let answer = ''
  socket.on('data', part => (answer += part.toString()))
  const start = residentMB()
  let sent = 0
  const over = (): boolean => answer !== '' || socket.destroyed
  while (!over()) {
    sent++
    if (!socket.write(mega))
      await Promise.race([once(socket, 'drain'), once(socket, 'close')])
    else await new Promise(setImmediate)
  }
  t.match(answer, /^HTTP\/1.1 413 [^]*Maximum content size limit \(40000000\)/)
  t.ok(sent >= 38, `${sent} MB were sent`)
  t.ok(residentMB() - start < 150, 'none of it in memory')
  socket.destroy()
  await isWell(t)
})

t.test("over OpenAI's limit, with the model in front or behind", async t => {
  const big = new Uint8Array(27_000_000)
  const file = ['file', big, 'a.wav'] as const
  const model = ['model', 'gpt-4o-transcribe'] as const
  for (const parts of [
    [model, file],
    [file, model],
  ] as const) {
    const answer = await upload(server, formOf(...parts))
    t.equal(answer.status, 413)
    t.match(await answer.json(), {
      error: {
        type: 'server_error',
        code: null,
        message: /\(26214400\) exceeded \(27000\d\d\d bytes/,
      },
    })
  }
  const declared = await upload(
    server,
    formOf(['file', new Uint8Array(60_000_000), 'a.wav'], model),
  )
  t.equal(declared.status, 413)
  await isWell(t)
})

t.test('survives field names of Object', async t => {
  const body = [
    '--b\r\n__proto__: x\r\nconstructor: y\r\nContent-Disposition: form-data; name="__proto__"\r\n\r\nz\r\n',
    `${partHead('constructor')}y\r\n`,
    `${partHead('model')}__proto__\r\n`,
    `${partHead('file', '__proto__')}x\r\n--b--\r\n`,
  ].join('')
  const socket = await dial(t, server)
  socket.write(uploadHead('b', body.length) + body)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  t.match(answer.toString(), /^HTTP\/1.1 404 [^]*model_not_found/)
  t.notOk('x' in {}, 'nothing was polluted')
})

t.test(
  'a disconnected client frees its place, and others wait in order',
  async t => {
    // No upload that pauses ends before this test does.
    const server = await openServer(t, { ...limits, maxStallMs: 60_000 })
    const running = () => uploadsOf(server, 'running')
    const waiting = () => uploadsOf(server, 'waiting')
    const model = `${partHead('model')}whisper-1\r\n`
    const file = partHead('file', 'a.wav')
    const half = speech.subarray(0, speech.length / 2)
    const open = async (first: string) => {
      const socket = await dial(t, server)
      socket.write(uploadHead('b', 500_000) + first)
      socket.write(half)
      return socket
    }
    // One that is heard as it comes, one that waits for its model, two in line.
    const sockets = [await open(model + file), await open(file)]
    await until(async () => (await running()) === 2 && spools() > 0)
    const small = formOf(['model', 'whisper-1'], ['file', words, 'a.wav'])
    const abort = new AbortController()
    const gone = fetch(`${server.baseURL}/audio/transcriptions`, {
      method: 'POST',
      body: small,
      signal: abort.signal,
    })
    const left = t.rejects(gone)
    await until(async () => (await waiting()) === 1)
    const patient = upload(server, small)
    await until(async () => (await waiting()) === 2)
    const refused = await upload(server, small)
    t.equal(refused.status, 429)
    t.match(refused.headers.get('retry-after'), /^\d+$/)
    t.match(await refused.json(), {
      error: { type: 'requests', code: 'rate_limit_exceeded' },
    })
    abort.abort()
    await left
    // Nobody reads what waits, so that one is gone is noticed when others end.
    for (const socket of sockets) socket.destroy()
    t.match(await (await patient).json(), { text: wordsText })
    await isWell(t, server)
  },
)

t.test(
  'refuses audio over the limit',
  { skip: !findFfmpeg() && 'needs ffmpeg' },
  async t => {
    for (const [name, codec] of [
      ['a.ogg', 'libopus'],
      ['a.flac', 'flac'],
    ] as const) {
      const path = join(t.testdir({}), name)
      execFileSync(findFfmpeg()!, [
        '-v',
        'error',
        '-f',
        'lavfi',
        '-i',
        'anullsrc=r=48000:cl=stereo',
        '-t',
        '300',
        '-c:a',
        codec,
        path,
      ])
      const bytes = await readFile(path)
      const start = residentMB()
      const answer = await upload(
        server,
        formOf(['model', 'whisper-1'], ['file', bytes, name]),
      )
      t.equal(answer.status, 400)
      t.match(await answer.json(), {
        error: {
          code: 'invalid_value',
          message:
            'audio is longer than 60 seconds, which is the maximum for this model',
        },
      })
      const streamed = await upload(
        server,
        formOf(
          ['model', 'scripted'],
          ['stream', 'true'],
          ['file', bytes, name],
        ),
      )
      t.match(
        await streamed.text(),
        /^data: {"error":.*longer than 60 seconds/m,
      )
      t.ok(residentMB() - start < 300)
    }
    await isWell(t)
  },
)

t.test('forms that are broken in any way', async t => {
  await fc.assert(
    fc.asyncProperty(anyUpload, async bytes => {
      const answer = await sendRaw(server.port, bytes)
      return (
        answer === '' ||
        /^HTTP\/1\.1 (100|200|400|404|408|413|429) /.test(answer)
      )
    }),
    { numRuns: 40 },
  )
  await isWell(t)
  await server.close()
})
