/** One row of latency.js: an engine at one setting, so many streams. */
import { clipLatency } from '../dist/bench/latency/clip-latency.js'
import { alignWords, sumErrors } from '../dist/bench/align-words.js'
import { measureLatency } from '../dist/bench/latency/measure-latency.js'
import { dealPlaylists } from '../dist/bench/latency/playlists.js'
import { poolLatency } from '../dist/bench/latency/pool-latency.js'
import { wordsOf } from '../dist/bench/word-errors.js'
import { answerCase } from './_util/child.js'
import { liveEngines, silenceMs } from './_util/live-engines.js'
import { loadClips } from './_util/load-clips.js'

/** Long enough for silence, not the end of input, to end the last turn. */
const tailMs = 1_500

/** Word errors of the clips decoded as files, for comparison. */
const fileErrors = async (clips, decodeFile) => {
  const all = []
  for (const { path, reference } of clips) {
    const text = await decodeFile(path)
    const { heardAt: _, ...counts } = alignWords(
      wordsOf(reference.text),
      wordsOf(text),
    )
    all.push(counts)
  }
  return sumErrors(all)
}

const shown = new Set([
  'speech-start',
  'speech-end',
  'delta',
  'final',
  'warning',
])

await answerCase(
  async ({ engine: name, latency, model, way, streams, data }) => {
    const clips = await loadClips(data)
    const engine = await liveEngines[name]({ latency, model, way })
    if (!engine) return { missing: true }
    const { run } = engine
    const [shortest] = clips.toSorted(
      (a, b) => a.samples.length - b.samples.length,
    )
    const warmUp = Array.from({ length: engine.width }, () => [shortest])
    await measureLatency({
      engine: run,
      playlists: warmUp,
      staggerMs: 0,
      tailMs,
    })
    const { played, audioMs, cost } = await measureLatency({
      engine: run,
      playlists: dealPlaylists(clips, streams),
      tailMs,
    })
    const results = played.map(({ clip, stream, arrivals, maxLatenessMs }) => ({
      id: clip.id,
      stream,
      maxLatenessMs,
      ...clipLatency(clip.reference, arrivals),
      events: arrivals
        .filter(({ event }) => shown.has(event.type))
        .map(({ at, event }) => ({ arrival: at, ...event })),
    }))
    const { decodeFile } = engine
    const answer = {
      model: engine.model,
      figures: poolLatency(results, silenceMs),
      fileErrors: decodeFile && (await fileErrors(clips, decodeFile)),
      audioMs,
      cost,
      cpuPerAudio: cost.cpuMs / audioMs,
      maxLatenessMs: Math.max(...results.map(clip => clip.maxLatenessMs)),
      warnings: results.flatMap(({ events }) =>
        events.filter(({ type }) => type === 'warning'),
      ).length,
      clips: results,
    }
    await engine.close()
    return answer
  },
)
