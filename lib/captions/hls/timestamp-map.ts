import { timecode } from '../timecode.ts'

/** Where the 33 bits of an MPEG timestamp start again from 0. */
export const mpegtsWrap = 2 ** 33

/** Ticks of an MPEG timestamp in a millisecond. */
const ticksPerMs = 90

/**
 * The header that says which MPEG timestamp a WebVTT time is: RFC 8216,
 * section 3.5. Time 0 is, until the timestamps have wrapped (after 26.5 hours);
 * from then on it is the segment's start, as the RFC's successor asks for.
 *
 * @param mpegts the timestamp of time 0
 * @param start of the segment, in ms
 */
export const timestampMap = (mpegts: number, start: number): string => {
  const ticks = mpegts + start * ticksPerMs
  const [time, local] =
    ticks < mpegtsWrap ? [mpegts, 0] : [ticks % mpegtsWrap, start]
  return `X-TIMESTAMP-MAP=MPEGTS:${time},LOCAL:${timecode(local, '.')}`
}
