import { cases } from './cases.ts'

/*
 * The process of one case: is asked by its parent, answers, and ends.
 */
type Question = { readonly name: string; readonly input: never }

const answer = async ({ name, input }: Question): Promise<unknown> => {
  const load = cases[name]
  if (!load) throw new Error(`there is no case '${name}'`)
  const { default: run } = await load()
  return run(input, { signal: new AbortController().signal })
}

const failed = (error: unknown) => {
  const { message, code, stack } = error as Error & { code?: string }
  return { message: message ?? stack ?? String(error), ...(code && { code }) }
}

process.once('message', (question: Question) => {
  void answer(question)
    .then(
      answer => ({ answer }),
      (error: unknown) => ({ error: failed(error) }),
    )
    // What a case leaves open does not keep the next one waiting.
    .then(message => process.send!(message, () => process.disconnect()))
})
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))
