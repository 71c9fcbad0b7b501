import t from 'tap'
import {
  parseCount,
  parseDuration,
  parseSize,
} from '../../lib/cli/option-values.ts'
import { createProgram, type Commands } from '../../lib/cli/program.ts'
import { GRACE_MS } from '../../lib/cli/serve.ts'
import { resolveServerOptions } from '../../lib/server/server-options.ts'
import { textOf } from '../fixtures/markdown.ts'

const page = textOf('docs/guide/server.md')
const defaults = resolveServerOptions({})

t.test('the help states the default limits', async t => {
  const program = createProgram('0.0.0', {} as Commands, () => {})
  const serve = program.commands.find(command => command.name() === 'serve')!
  const told = serve.options
    .filter(({ long }) => long?.startsWith('--max-'))
    .map(({ long, description, parseArg }) => {
      const [, text] = /\(default: (\w+)\)$/.exec(description) ?? []
      return [long, parseArg?.(text ?? '', undefined)]
    })
  t.same(told, [
    ['--max-sessions', defaults.maxSessions],
    ['--max-uploads', defaults.maxUploads],
    ['--max-upload-size', defaults.maxUploadBytes],
  ])
})

t.test('the guide states the default limits', async t => {
  const rows = [...page.matchAll(/^\| [a-z ,]+ \| (\d.*?) +\| .* \|$/gm)]
  const told = rows.flatMap(row => row[1]!.split(', '))
  const ms = (text: string): number =>
    parseDuration(text.replace(' ', '').replace('min', 'm'))
  const [bytes = '', length = '', uploads = '', sessions = ''] = told
  t.same(
    [parseSize(bytes.replace(' ', '')), ms(length)],
    [defaults.maxUploadBytes, defaults.maxDurationMs],
  )
  t.same(
    [parseCount(uploads), parseCount(sessions)],
    [defaults.maxUploads, defaults.maxSessions],
  )
  t.same(told.slice(4).map(ms), [
    defaults.maxStallMs,
    defaults.maxSessionMs,
    defaults.maxIdleMs,
  ])
})

t.test('uploads wait in a queue as long as the guide says', async t => {
  const { maxUploads, maxWaiting } = defaults
  t.match(page, `processes ${maxUploads} at a time, ${maxWaiting} wait`)
})

t.test('a stop of the command waits as long as the guide says', async t => {
  t.match(page, `finishes open requests for up to ${GRACE_MS / 1_000} seconds`)
})
