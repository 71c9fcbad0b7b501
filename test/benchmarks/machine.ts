import { execFileSync } from 'node:child_process'
import t from 'tap'
import {
  isSameMachine,
  machineLine,
  thisMachine,
} from '../../benchmarks/machine.ts'
import { machine } from '../fixtures/made-up-results.ts'

t.test('this machine', async t => {
  const found = await thisMachine()
  t.match(found, {
    cpu: /\S/,
    cores: Number,
    memory: /^\d+ GiB$/,
    system: new RegExp(`^${process.platform} ${process.arch} `),
    node: process.version,
    voxpipe: /^\d+\.\d+\.\d+/,
    onnxruntime: /^1\.\d+/,
  })
})

const head = (): string => {
  try {
    const git = ['-C', import.meta.dirname, 'rev-parse', '--short', 'HEAD']
    const words = { encoding: 'utf8', stdio: 'pipe' } as const
    return execFileSync('git', git, words).trim()
  } catch {
    return ''
  }
}

const skip = head() === '' && 'this is no checkout'
t.test('the revision is that of git', { skip }, async t => {
  const { revision } = await thisMachine()
  t.equal(revision?.replace(/\+$/, ''), head())
})

t.test('in a line', async t => {
  t.equal(
    machineLine(machine),
    'Z80, 2 cores, 4 GiB, linux x64 6.1.0, Node v20.19.0, voxpipe 0.1.0',
  )
  t.match(
    machineLine({ ...machine, onnxruntime: '1.30.0', revision: 'abc+' }),
    /voxpipe 0\.1\.0 \(abc\+\), onnxruntime 1\.30\.0$/,
  )
})

t.test('which figures may be compared', async t => {
  t.ok(isSameMachine(machine, { ...machine, node: 'v24.0.0' }))
  t.notOk(isSameMachine(machine, { ...machine, cores: 4 }))
})
