import { BundledError } from './errors.ts'

/**
 * Waits for a part of voxpipe that is imported when it is needed.
 *
 * @param part what it is, for the message
 * @throws {BundledError} if it cannot be loaded: a bundler left out one of its
 * files, or put it where it does not work
 */
export const loadPart = async <Module>(
  part: string,
  loading: Promise<Module>,
): Promise<Module> => {
  try {
    return await loading
  } catch (cause) {
    const [problem] = (cause as Error).message.split('\n')
    throw new BundledError(part, problem!, { cause })
  }
}
