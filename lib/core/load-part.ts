import { BundledError } from './errors.ts'

/**
 * Awaits the import of a part of voxpipe.
 * @param part its name in the message
 * @throws {BundledError} if it cannot be loaded
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
