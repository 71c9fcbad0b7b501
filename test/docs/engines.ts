import semver from 'semver'
import t from 'tap'
import { textOf } from '../fixtures/markdown.ts'

type Package = {
  readonly engines?: { readonly node?: string }
}

const lock = JSON.parse(textOf('package-lock.json')) as {
  packages: Record<string, Package>
}
const { '': own, ...others } = lock.packages
const promised = own!.engines!.node!

/** Needed by tests alone, and works on older versions of Node all the same. */
const newer = 'node_modules/openai7'

/** A range admits the same versions from one of these to the next. */
const edgesOf = (range: string): string[] =>
  new semver.Range(range).set.flat().flatMap(({ semver: { version } }) =>
    // An empty comparator, as in `*`, has no version.
    version ? [version, semver.inc(version, 'patch')!] : [],
  )

/** Versions that we promise to run on and the range does not admit. */
const refused = (range: string): string[] =>
  [...edgesOf(promised), ...edgesOf(range)].filter(
    version =>
      semver.satisfies(version, promised) && !semver.satisfies(version, range),
  )

t.test('finds dependency ranges that are too narrow', async t => {
  t.same(refused('>=18'), [])
  t.same(refused('*'), [])
  t.same(refused('^20.19.0 || ^22.12.0 || >=23'), [])
  t.not(refused('>=22').length, 0, 'too new')
  t.not(refused('^20.19.0').length, 0, 'too old')
  t.not(refused('>=20.20').length, 0, 'a later release')
  t.not(refused('20 || 22 || 24').length, 0, 'even versions alone')
})

t.test('each dependency runs on each version that we promise', async t => {
  let ranges = 0
  for (const [path, { engines }] of Object.entries(others)) {
    if (!engines?.node || path === newer) continue
    ranges++
    t.same(refused(engines.node), [], `${path} needs ${engines.node}`)
  }
  t.ok(ranges > 100, 'the lock file is read')
})

t.test('the README and package.json say so, and so does this Node', async t => {
  const { engines } = JSON.parse(textOf('package.json')) as Package
  t.equal(engines!.node, promised)
  const [, from, next] = /^\^(20\.\d+)\.0 \|\| >=(22\.\d+)\.0$/.exec(promised)!
  t.match(textOf('README.md'), `: ${from} or a later 20, or ${next} or newer.`)
  t.ok(semver.satisfies(process.version, promised))
})
