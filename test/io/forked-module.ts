import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { setTimeout as wait } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { ForkedModule } from '../../lib/io/child-process.ts'

const module = new URL('../fixtures/forked.js', import.meta.url)

type Said = {
  readonly pid: number
  readonly execArgv: string[]
  readonly env: Record<string, string>
  readonly samples: Float32Array
}

/** A child, what it says next, and how it ended. */
const started = (
  t: Test,
  env: Record<string, string> = {},
  entry: URL = module,
) => {
  const events = new EventEmitter<{ said: [Said]; end: [string, string] }>()
  const ended = once(events, 'end')
  const child = new ForkedModule(entry, {
    env,
    onMessage: message => events.emit('said', message as Said),
    onEnd: (how, said) => events.emit('end', how, said),
  })
  child.ref()
  t.teardown(() => child.kill())
  const ask = async (message: object): Promise<Said> => {
    const answer = once(events, 'said')
    child.send(message)
    return ((await answer) as [Said])[0]
  }
  return { child, ask, ended }
}

t.test('carries samples there and back', async t => {
  const { ask } = started(t)
  const samples = Float32Array.of(0, 0.5, -1)
  t.same((await ask({ samples })).samples, samples)
})

t.test('inherits no key and no flag, and gets what it is given', async t => {
  process.env['OPENAI_API_KEY'] = 'sk-CANARY'
  t.teardown(() => delete process.env['OPENAI_API_KEY'])
  const { ask } = started(t, { GIVEN: 'yes' })
  const { env, execArgv } = await ask({})
  t.notMatch(JSON.stringify(env), /CANARY/)
  t.equal(env['GIVEN'], 'yes')
  t.same(execArgv, [])
})

t.test('reports how the child ended, with its last line', async t => {
  const failed = started(t)
  failed.child.send({ fail: 'no more memory' })
  t.same(await failed.ended, ['code 7', 'no more memory'])
  const crashed = started(t)
  crashed.child.send({ crash: true })
  t.match(await crashed.ended, ['SIGABRT', String])
})

t.test('ignores messages to a child that has ended', async t => {
  const { child, ended } = started(t)
  await child.kill()
  t.same(await ended, ['SIGKILL', ''])
  child.send({})
  await child.kill()
})

/** Runs a script that has a child of ours; its output and how it ended. */
const runScript = async (script: string) => {
  const lib = new URL('../../lib/io/child-process.ts', import.meta.url).href
  const text = `
    const { ForkedModule } = await import(${JSON.stringify(lib)})
    const child = new ForkedModule(new URL(${JSON.stringify(module.href)}), {
      env: {}, onMessage: said => console.log(said.pid), onEnd: () => {},
    })
    ${script}`
  const parent = spawn(
    process.execPath,
    [...process.execArgv, '--input-type=module', '--eval', text],
    { stdio: ['ignore', 'pipe', 'inherit'], cwd: process.cwd() },
  )
  let printed = ''
  parent.stdout.setEncoding('utf8').on('data', part => (printed += part))
  return { parent, printed: () => printed }
}

const linux = process.platform === 'linux' ? false : 'needs /proc'

/** Waits until a process is gone, or dead and not yet waited for. */
const gone = async (pid: string): Promise<void> => {
  for (;;) {
    let status: string
    try {
      status = readFileSync(`/proc/${pid}/status`, 'utf8')
    } catch {
      return
    }
    if (/^State:\s+Z/m.test(status)) return
    await wait(10)
  }
}

t.test('keeps no process alive, unless it is asked to', async t => {
  const idle = await runScript('')
  t.same(await once(idle.parent, 'close'), [0, null])
  const asked = await runScript('child.ref(); child.send({})')
  await once(asked.parent.stdout, 'data')
  t.match(asked.printed(), /^\d+\n$/)
  asked.parent.kill('SIGKILL')
  await once(asked.parent, 'close')
})

// A last message of the engine, read while it was being killed, had the pool
// let go of it: with nothing else to do, the process ended in mid-close.
t.test('kill() resolves when the child has ended', async t => {
  const killing = await runScript(`
    const killed = child.kill()
    child.unref()
    await killed
    console.log('gone')`)
  t.same(await once(killing.parent, 'close'), [0, null])
  t.equal(killing.printed(), 'gone\n')
})

t.test(
  'ends with its parent, even one that is killed',
  { skip: linux },
  async t => {
    const { parent, printed } = await runScript('child.ref(); child.send({})')
    await once(parent.stdout, 'data')
    parent.kill('SIGKILL')
    await once(parent, 'close')
    await gone(printed().trim())
    t.pass('it is gone')
  },
)

t.test('starts where the current folder was deleted', async t => {
  const { parent, printed } = await runScript(`
    const fs = await import('node:fs')
    const os = await import('node:os')
    process.chdir(fs.mkdtempSync(os.tmpdir() + '/gone-'))
    fs.rmdirSync(process.cwd())
    const late = new ForkedModule(new URL(${JSON.stringify(module.href)}), {
      env: {},
      onMessage: said => (console.log(said.pid), process.exit()),
      onEnd: () => {},
    })
    late.ref()
    late.send({})`)
  t.same(await once(parent, 'close'), [0, null])
  t.match(printed(), /^\d+\n$/)
})

t.test('reports a missing module', async t => {
  const { ended } = started(t, {}, pathToFileURL('/nowhere/module.js'))
  t.match(await ended, ['code 1', /Cannot find module/])
})
