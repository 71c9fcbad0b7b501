import t from 'tap'
import { cacheDir } from '../../lib/recognizers/model-store.ts'

t.equal(cacheDir({}, 'linux', '/home/a'), '/home/a/.cache/voxpipe')
t.equal(cacheDir({ XDG_CACHE_HOME: '/x' }, 'linux', '/home/a'), '/x/voxpipe')
t.equal(
  cacheDir({ XDG_CACHE_HOME: 'x' }, 'linux', '/home/a'),
  '/home/a/.cache/voxpipe',
  'a relative path would be the current folder',
)
t.equal(cacheDir({}, 'darwin', '/Users/a'), '/Users/a/Library/Caches/voxpipe')
t.equal(cacheDir({ XDG_CACHE_HOME: '/x' }, 'darwin', '/Users/a'), '/x/voxpipe')
t.equal(
  cacheDir({ LOCALAPPDATA: 'C:\\L' }, 'win32', 'C:\\Users\\a'),
  'C:\\L\\voxpipe\\Cache',
)
t.equal(
  cacheDir({}, 'win32', 'C:\\Users\\a'),
  'C:\\Users\\a\\AppData\\Local\\voxpipe\\Cache',
)
