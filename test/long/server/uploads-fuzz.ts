import * as fc from 'fast-check'
import t from 'tap'
import { anyUpload, sendRaw } from '../../fixtures/broken-uploads.ts'
import {
  formOf,
  openServer,
  upload,
  words,
  wordsText,
} from '../../fixtures/local-server.ts'
import { residentMB, usedMB } from '../../fixtures/memory.ts'

const INPUTS = 10_000

t.setTimeout(3_600_000)

t.test('survives 10,000 broken requests unchanged', async t => {
  const server = await openServer(t)
  const answer = /^HTTP\/1\.1 (200|400|404|408|413|429) /
  const assail = (numRuns: number) =>
    fc.assert(
      fc.asyncProperty(anyUpload, async bytes => {
        const text = await sendRaw(server.port, bytes)
        return text === '' || answer.test(text)
      }),
      { numRuns },
    )
  const transcribes = async (): Promise<void> => {
    const form = formOf(['model', 'whisper-1'], ['file', words, 'a.wav'])
    t.match(await (await upload(server, form)).json(), { text: wordsText })
    t.equal((await fetch(`${server.url}/health`)).status, 200)
  }
  await transcribes()
  await assail(INPUTS / 10)
  const used = await usedMB()
  const resident = residentMB()
  await assail((INPUTS / 10) * 9)
  await transcribes()
  const grown = (await usedMB()) - used
  const moved = residentMB() - resident
  t.comment(`${grown.toFixed(1)} MB used, ${moved.toFixed(1)} MB resident`)
  t.ok(grown < 10, `${grown.toFixed(1)} MB more are used`)
  t.ok(moved < 100, `${moved.toFixed(1)} MB more are resident`)
})
