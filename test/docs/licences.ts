import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'
import { modelCatalog } from '../../lib/recognizers/model-catalog.ts'
import { textOf } from '../fixtures/markdown.ts'

type Package = {
  version?: string
  license?: string
  dev?: boolean
  hasInstallScript?: boolean
  resolved?: string
  link?: boolean
}

type Manifest = {
  dependencies: Record<string, string>
  optionalDependencies: Record<string, string>
}

const root = resolve(import.meta.dirname, '../..')
const read = (file: string): unknown =>
  JSON.parse(readFileSync(resolve(root, file), 'utf8'))

const lock = read('package-lock.json') as { packages: Record<string, Package> }
/** A link leads to a folder of this project, which is listed itself. */
const packages = Object.entries(lock.packages).filter(([, { link }]) => !link)
const installed = packages
  .filter(([path, { dev }]) => path !== '' && !dev)
  .map(([path, facts]) => ({
    name: path.split('node_modules/').at(-1)!,
    ...facts,
  }))

const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Python-2.0',
  'Unicode-3.0',
])

/** Accepted for these packages alone, and told in NOTICE. */
const exceptions: Record<string, string> = {
  'codec-parser': 'LGPL-3.0-or-later',
}

t.test('what users install has a licence that asks little', async t => {
  t.ok(installed.length > 50, 'the lock file is read')
  for (const { name, license = 'none' } of installed) {
    const choices = license.replaceAll(/[()]/g, '').split(' OR ')
    const fine = (choice: string): boolean =>
      choice.split(' AND ').every(part => allowed.has(part))
    if (choices.some(fine)) continue
    t.equal(license, exceptions[name], `${name} has the licence ${license}`)
    t.match(textOf('NOTICE'), name, `NOTICE names ${name}`)
  }
})

t.test('only the engine has an install script, and needs none', async t => {
  const scripted = installed.filter(({ hasInstallScript }) => hasInstallScript)
  t.same(
    scripted.map(({ name }) => name),
    ['onnxruntime-node'],
  )
})

t.test('NOTICE has the licence of every package that is asked for', async t => {
  const manifest = read('package.json') as Manifest
  const names = { ...manifest.dependencies, ...manifest.optionalDependencies }
  for (const name of Object.keys(names)) {
    const [, licence] =
      new RegExp(`^${name} +(.+)$`, 'm').exec(textOf('NOTICE')) ?? []
    const { license } = lock.packages[`node_modules/${name}`]!
    const said = license!.replaceAll(/[()]/g, '').replaceAll(' AND ', ' and ')
    t.ok(licence?.startsWith(said), `${name}: ${licence}, is ${license}`)
  }
})

t.test('NOTICE names the packages that models come from', async t => {
  for (const { package: spec, licence } of modelCatalog) {
    const [, name, version] = /^(.+)@(.+)$/.exec(spec)!
    t.match(textOf('NOTICE'), `${name} ${version}`)
    t.equal(licence, 'MIT')
  }
  t.match(textOf('NOTICE'), /^Moonshine tiny and base .* MIT,/m)
  t.match(textOf('NOTICE'), /^Silero VAD v6 +MIT,/m)
})

t.test('the lock file names no registry', async t => {
  t.notOk(packages.some(([, { resolved }]) => resolved))
})
