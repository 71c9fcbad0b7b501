import type { CaptionProfile } from './profiles.ts'

/**
 * Whether captions are for an upright picture (9:16), which formats with a
 * layout have to know: three short lines are, as in the BBC's guide.
 */
export const isUpright = ({
  maxLineWidth,
  maxLineCount,
}: CaptionProfile): boolean => maxLineWidth <= 25 && maxLineCount >= 3
