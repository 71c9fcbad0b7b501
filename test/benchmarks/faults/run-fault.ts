import t from 'tap'
import { ourEngine } from '../../../benchmarks/faults/voxpipe-engine.ts'
import { numberedSpeech } from '../../../benchmarks/faults/numbered-speech.ts'
import { runFault } from '../../../benchmarks/faults/run-fault.ts'
import { scenarios } from '../../../benchmarks/faults/scenarios.ts'

// Every fault: test/long/bench/faults.ts.
const words = 13
const speech = numberedSpeech(words)

t.test('a fault that can happen to nothing fails', async t => {
  const deaf = {
    ...ourEngine('here'),
    hear: async ({ frames }: { frames: AsyncIterable<Uint8Array> }) => {
      for await (const _ of frames);
      return { gaps: [], failed: false }
    },
  }
  const reset = scenarios.find(({ id }) => id === 'F1')!
  await t.rejects(
    runFault(deaf, reset, { speech, words, word: 11 }),
    /there was no session for 'connection reset' at word 11/,
  )
})
