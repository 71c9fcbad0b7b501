import t from 'tap'
import {
  parseCount,
  parseDuration,
  parseLanguage,
  parsePort,
  parseRaw,
  parseShift,
  parseSize,
} from '../../lib/cli/option-values.ts'

t.test('lengths of time', async t => {
  const hour = 3_600_000
  t.equal(parseDuration('4h'), 4 * hour)
  t.equal(parseDuration('1h30m'), 1.5 * hour)
  t.equal(parseDuration('90s'), 90_000)
  t.equal(parseDuration('0.5h'), hour / 2)
  t.equal(parseDuration('1s250ms'), 1250)
  t.equal(parseDuration('90'), 90_000)
  t.equal(parseDuration('1:30:00'), 1.5 * hour)
  t.equal(parseDuration('2:30.5'), 150_500)
  for (const bad of ['', '0', '-1', '4x', 'h', '1h30', '1.2.3s', '1:2:3:4'])
    t.throws(() => parseDuration(bad), { code: 'commander.invalidArgument' })
})

t.test('shifts', async t => {
  t.equal(parseShift('1.5s'), 1500)
  t.equal(parseShift('+2'), 2000)
  t.equal(parseShift('-250ms'), -250)
  t.equal(parseShift('-0:01:30.5'), -90_500)
  t.equal(parseShift('0'), 0)
  t.equal(parseShift('-0s'), 0)
  for (const bad of ['', '-', '--1s', 'x', '1x', '- 1s'])
    t.throws(() => parseShift(bad), { code: 'commander.invalidArgument' })
})

t.test('raw PCM', async t => {
  t.strictSame(parseRaw('s16le:48000:2'), {
    encoding: 's16le',
    sampleRate: 48_000,
    channels: 2,
  })
  t.equal(parseRaw('mulaw:8000').channels, 1)
  for (const bad of ['', 's16le', 's16le:x', 's16le:1:2:3', ':8000'])
    t.throws(() => parseRaw(bad), { code: 'commander.invalidArgument' })
})

t.test('counts and languages', async t => {
  t.equal(parseCount('42'), 42)
  for (const bad of ['0', '-1', '1.5', 'x', ''])
    t.throws(() => parseCount(bad), { code: 'commander.invalidArgument' })
  t.equal(parseLanguage('English'), 'en')
  t.equal(parseLanguage('de'), 'de')
})

t.test('ports and sizes', async t => {
  t.equal(parsePort('0'), 0)
  t.equal(parsePort('65535'), 65_535)
  for (const bad of ['', '-1', '65536', '80a', '123456', '1.5'])
    t.throws(() => parsePort(bad), { code: 'commander.invalidArgument' })
  t.equal(parseSize('512MiB'), 512 * 2 ** 20)
  t.equal(parseSize('25MB'), 25e6)
  t.equal(parseSize('1GiB'), 2 ** 30)
  t.equal(parseSize('26214400'), 26_214_400)
  for (const bad of ['', '0', '-1MB', '1.5MB', '5mb', '5 MB', 'MB', '5B'])
    t.throws(() => parseSize(bad), { code: 'commander.invalidArgument' })
})
