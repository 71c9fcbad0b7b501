const ms = x => x.toFixed(2)

const source = ({ deltas }) => (deltas ? 'a delta a word' : 'finals')

/** The tables of captions.js: live, ten hours, and what was to be reached. */
export const captionsTables = ({ live, formats, verdicts }) => [
  {
    head: ['delta →, ms', 'p50', 'p99', 'max', 'n'],
    rows: [
      ['screen of `LiveCaptions`', live.screen],
      ['bytes for a terminal', live.terminal],
    ].map(([name, { p50, p99, max, n }]) => [
      name,
      ...[p50, p99, max].map(ms),
      String(n),
    ]),
  },
  {
    head: ['format', 'profile', 'of', 'words', 'time', 'CPU', 'peak memory'],
    rows: formats.map(row => [
      row.format,
      row.profile,
      source(row),
      String(row.words),
      `${row.seconds.toFixed(2)} s`,
      `${row.cpu.toFixed(2)} s`,
      `${Math.round(row.peak)} MB`,
    ]),
  },
  {
    head: ['figure', 'limit', 'measured', ''],
    rows: verdicts.map(({ name, limit, value, met }) => [
      name,
      String(limit),
      value.toFixed(2),
      met ? 'met' : 'missed',
    ]),
  },
]
