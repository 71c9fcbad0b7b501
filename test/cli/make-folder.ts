import { existsSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import t from 'tap'
import { makeFolder } from '../../lib/cli/destination.ts'

t.test('folders are made from the first that is not there', async t => {
  const dir = t.testdir({ there: {} })
  for (const name of ['there', 'there/', 'a', 'b/c/d/', 'b/c/e']) {
    await makeFolder(join(dir, name))
    t.ok(statSync(join(dir, name)).isDirectory(), name)
  }
  await makeFolder(relative('.', join(dir, 'from/here')))
  t.ok(existsSync(join(dir, 'from/here')))
  await makeFolder('/')
})

t.test('a file in the way is an error of writing', async t => {
  const dir = t.testdir({ file: '' })
  for (const name of ['file', 'file/x', 'file/x/y'])
    await t.rejects(makeFolder(join(dir, name)), {
      exitCode: 5,
      message: /^cannot write /,
    })
})

const skip = existsSync('/proc/self') ? false : 'needs /proc'

t.test('a folder where none can be made does not hang', { skip }, async t => {
  for (const folder of ['/proc/nope/', '/proc/nope/deep/'])
    await t.rejects(makeFolder(folder), {
      exitCode: 5,
      message: `cannot write ${folder}: `,
    })
})
