import t from 'tap'
import { CueSequencer } from '../../../lib/captions/cues/order-cues.ts'

const cue = (start: number, end: number) => ({ start, end, lines: ['x'] })

t.test('cues in order are left as they are', async t => {
  const track = new CueSequencer()
  t.strictSame(track.place(cue(0, 10)), cue(0, 10))
  t.strictSame(track.place(cue(10, 30)), cue(10, 30))
})

t.test(
  'a cue that comes too early moves back and keeps its length',
  async t => {
    const track = new CueSequencer()
    track.place(cue(0, 100))
    t.strictSame(track.place(cue(40, 60)), cue(100, 120))
  },
)

t.test('channels may overlap, but starts never go back', async t => {
  const track = new CueSequencer()
  track.place(cue(10, 100), 0)
  t.strictSame(track.place(cue(40, 60), 1), cue(40, 60))
  t.strictSame(track.place(cue(20, 30), 2), cue(40, 50))
  t.strictSame(track.place(cue(50, 70), 0), cue(100, 120))
})
