import t from 'tap'
import { checkOrder } from '../../lib/audio/frame-cutter.ts'

const chunk = { sampleRate: 8_000, channels: [new Float32Array(4)], offset: 8 }

t.test(
  'accepts jumps forward and names both places of a jump backward',
  async t => {
    checkOrder(chunk, 8)
    checkOrder(chunk, 0)
    t.throws(() => checkOrder(chunk, 9), {
      name: 'FormatError',
      code: 'VOX_FORMAT',
      message: /from frame 9 to 8 at 8000 Hz/,
    })
  },
)
