/**
 * Deals clips to streams that play at the same time. Stream k plays clips
 * k, k + streams, …, so that every clip is played at least once, no two streams
 * begin with the same one as long as there are enough, and all streams play
 * as many.
 *
 * @param streams at least 1
 */
export const dealPlaylists = <Clip>(
  clips: readonly Clip[],
  streams: number,
): Clip[][] => {
  const each = Math.ceil(clips.length / streams)
  return Array.from({ length: streams }, (_, stream) =>
    Array.from(
      { length: each },
      (_, round) => clips[(stream + round * streams) % clips.length]!,
    ),
  )
}
