import { readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from 'voxpipe'
import { reportMarkdown } from './report-markdown.ts'
import { readResults, type Results } from '../results.ts'

const RESULTS = 'results.json'
const MARKDOWN = 'report.md'
const HTML = 'report.html'

/**
 * What earlier runs have left in the folder of a report; undefined where they
 * have left nothing.
 *
 * @throws InputError where a file is in the way that is not of an earlier run
 */
export const openReportFolder = async (
  folder: string,
): Promise<Results | undefined> => {
  let names: string[]
  try {
    names = await readdir(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    const why =
      code === 'ENOTDIR' ? 'it is a file' : 'it is no folder that can be read'
    throw new InputError(
      `cannot write a report to '${folder}': ${why}; give a folder`,
      { cause: error },
    )
  }
  if (names.includes(RESULTS))
    try {
      return await readResults(join(folder, RESULTS))
    } catch (error) {
      throw new InputError(
        `${(error as Error).message}; it is not overwritten: choose another folder`,
        { cause: error },
      )
    }
  const other = [MARKDOWN, HTML].find(name => names.includes(name))
  if (other === undefined) return undefined
  throw new InputError(
    `'${join(folder, other)}' is not of 'voxpipe bench', and is not overwritten: choose another folder`,
  )
}

/** A file that is whole, whenever one looks. */
const replace = async (path: string, text: string): Promise<void> => {
  const partial = `${path}.partial`
  await rm(partial, { force: true })
  await writeFile(partial, text, { flag: 'wx' })
  await rename(partial, path)
}

/**
 * Writes `results.json`, `report.md` and `report.html` to a folder.
 *
 * @returns path of the one to look at
 */
export const writeReport = async (
  folder: string,
  results: Results,
): Promise<string> => {
  await replace(join(folder, RESULTS), `${JSON.stringify(results)}\n`)
  await replace(join(folder, MARKDOWN), reportMarkdown(results))
  const [{ reportHtml }, { loadChartTool }] = await Promise.all([
    import('./report-html.ts'),
    import('./chart-tool.ts'),
  ])
  const path = join(folder, HTML)
  await replace(path, reportHtml(results, await loadChartTool()))
  return path
}
