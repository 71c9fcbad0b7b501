import t from 'tap'
import { atExit } from '../../lib/io/temporary-files.ts'

t.test('many of them are one listener', async t => {
  const before = process.listeners('exit')
  const done: number[] = []
  const undo = Array.from({ length: 20 }, (_, i) => atExit(() => done.push(i)))
  const added = process
    .listeners('exit')
    .filter(listener => !before.includes(listener))
  t.equal(added.length, 1)
  for (const takeBack of undo.slice(1)) takeBack()
  added[0]!(0)
  t.same(done, [0], 'what was taken back is not done')
  undo[0]!()
  t.same(process.listeners('exit'), before, 'nothing is left')
})
