import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { availableParallelism, cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findProgram, outputOf } from './programs.ts'

/** What figures were measured on, and of. */
export type Machine = {
  /** Model of the processor. */
  readonly cpu: string
  /** Those that the process may use. */
  readonly cores: number
  /** `8 GiB`. */
  readonly memory: string
  /** `linux x64 6.1.0`. */
  readonly system: string
  /** `v20.19.0`. */
  readonly node: string
  /** Version of this package. */
  readonly voxpipe: string
  /** Version of the inference runtime, where that is installed. */
  readonly onnxruntime?: string
  /** Of git, where the package lies in a checkout; `+` where it is changed. */
  readonly revision?: string
}

const GIT_MS = 5_000

/** The checkout's revision; a repository that it is installed in is not it. */
const revisionOf = async (folder: string): Promise<string | undefined> => {
  const git = findProgram('git')
  if (git === undefined || !existsSync(join(folder, '.git'))) return undefined
  const ask = async (...words: string[]): Promise<string> =>
    (await outputOf(git, ['-C', folder, ...words], GIT_MS)).trim()
  const revision = await ask('rev-parse', '--short', 'HEAD')
  if (revision === '') return undefined
  const changes = await ask('status', '--porcelain', '--untracked-files=no')
  return changes === '' ? revision : `${revision}+`
}

const runtimeVersion = async (): Promise<string | undefined> => {
  try {
    const { env } = await import('onnxruntime-node')
    return env.versions.node
  } catch {
    return undefined // is optional
  }
}

/** What this is run on. */
export const thisMachine = async (): Promise<Machine> => {
  const json = await readFile(join(packageRoot, 'package.json'), 'utf8')
  const { version } = JSON.parse(json) as { version: string }
  const onnxruntime = await runtimeVersion()
  const revision = await revisionOf(packageRoot)
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${process.platform} ${process.arch} ${release()}`,
    node: process.version,
    voxpipe: version,
    ...(onnxruntime !== undefined && { onnxruntime }),
    ...(revision !== undefined && { revision }),
  }
}

/** A machine in a line. */
export const machineLine = ({ onnxruntime, revision, ...m }: Machine): string =>
  [
    m.cpu,
    `${m.cores} ${m.cores === 1 ? 'core' : 'cores'}`,
    m.memory,
    m.system,
    `Node ${m.node}`,
    `voxpipe ${m.voxpipe}${revision === undefined ? '' : ` (${revision})`}`,
    ...(onnxruntime === undefined ? [] : [`onnxruntime ${onnxruntime}`]),
  ].join(', ')

/** Whether figures of both may be held against each other. */
export const isSameMachine = (a: Machine, b: Machine): boolean =>
  a.cpu === b.cpu && a.cores === b.cores && a.memory === b.memory

/**
 * Folder of the package, which has its assets. Sources and compiled files lie
 * at different depths below it.
 */
export const packageRoot = fileURLToPath(
  new URL('.', import.meta.resolve('voxpipe/package.json')),
)
