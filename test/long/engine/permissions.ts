import { join } from 'node:path'
import t from 'tap'
import { Workspace } from '../../fixtures/workspace.ts'
import { folderWith } from '../../fixtures/folder.ts'

const folder = folderWith({
  'app.js': `
    import { transcribe } from 'voxpipe'
    const text = await transcribe('talk.mp3').text()
      .catch(({ code, message }) => code + ' ' + message)
    console.log(text)
  `,
})
const workspace = await Workspace.fill(folder)
const model = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission'

const run = async (...allowed: string[]) => {
  const { stdout, stderr } = await workspace.run('env', [
    '-u',
    'NODE_OPTIONS', // tap's loader needs more than an application
    process.execPath,
    model,
    '--allow-fs-read=*',
    ...allowed,
    join(folder, 'app.js'),
  ])
  if (stdout === '') t.comment(stderr)
  return stdout
}

const needed = ['--allow-child-process', '--allow-worker', '--allow-addons']

t.test('the engine runs under the permission model', async t => {
  t.match(await run(...needed), /fellow Americans/)
})

// Some versions of Node pass the permissions on to the engine's process.
for (const flag of needed)
  t.test(`without ${flag}, an error names it if it is needed`, async t => {
    const stdout = await run(...needed.filter(name => name !== flag))
    t.match(
      stdout,
      /fellow Americans|^VOX_ENGINE_(FAILED|MISSING) .*start (Node|it) with --allow-child-process --allow-worker --allow-addons and --allow-fs-read/,
    )
    if (flag === '--allow-child-process') t.match(stdout, 'VOX_ENGINE_FAILED')
  })
