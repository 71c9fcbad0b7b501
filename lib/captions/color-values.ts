import type { CueColor } from './cue.ts'

/** Each colour of a cue as `RRGGBB`; green is teletext's, the brightest. */
export const colorValues: Readonly<Record<CueColor, string>> = {
  white: 'FFFFFF',
  yellow: 'FFFF00',
  cyan: '00FFFF',
  green: '00FF00',
}
