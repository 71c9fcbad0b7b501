import { homedir } from 'node:os'
import { posix, win32 } from 'node:path'

/**
 * The folder that models are kept in: `$XDG_CACHE_HOME/voxpipe`, or what the
 * system has for caches: `~/.cache`, `~/Library/Caches`, `%LOCALAPPDATA%`.
 */
export const cacheDir = (
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string => {
  const path = platform === 'win32' ? win32 : posix
  // A relative path is to be ignored, says the XDG specification: models
  // must not come out of whatever folder this runs in.
  const xdg = env['XDG_CACHE_HOME']
  if (xdg && path.isAbsolute(xdg)) return path.join(xdg, 'voxpipe')
  if (platform === 'darwin')
    return path.join(home, 'Library', 'Caches', 'voxpipe')
  if (platform === 'win32')
    return path.join(
      env['LOCALAPPDATA'] || path.join(home, 'AppData', 'Local'),
      'voxpipe',
      'Cache',
    )
  return path.join(home, '.cache', 'voxpipe')
}
