// C0 but tab and line feed, DEL, C1, and what reorders text (bidi marks,
// embeddings, overrides, isolates): all that can move a cursor, change a
// terminal's state, or make a line read as something else than it is.
const unsafe =
  /(?![\t\n])\p{Cc}|[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu

/** Text without anything that a terminal would obey. */
export const terminalSafe = (text: string): string => text.replace(unsafe, '')

/** The same on one line: for file names and messages. */
export const oneLine = (text: string): string =>
  terminalSafe(text.replace(/\s+/g, ' '))
