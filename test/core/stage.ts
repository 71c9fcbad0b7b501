import { once } from 'node:events'
import {
  PassThrough,
  Readable,
  Writable,
  pipeline as joined,
} from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import {
  Stage,
  chunksOf,
  type TransformCallback,
} from '../../lib/core/stage.ts'

const wrong = new Error('the third number is wrong')

/** Passes numbers on, six for each, and refuses 3 by way of the callback. */
class Callback extends Stage<number, string> {
  constructor(signal?: AbortSignal) {
    super({
      objectMode: true,
      readableHighWaterMark: 100,
      ...(signal && { signal }),
    })
  }
  override _transform(n: number, _: string, done: TransformCallback): void {
    for (const part of 'abcdef') this.push(`${n}${part}`)
    this.refuse(n, done)
  }
  protected refuse(n: number, done: TransformCallback): void {
    done(n === 3 ? wrong : null)
  }
}

/** By an exception. */
class Exception extends Callback {
  override refuse(n: number, done: TransformCallback): void {
    if (n === 3) throw wrong
    done()
  }
}

/** At a later time. */
class Late extends Callback {
  override refuse(n: number, done: TransformCallback): void {
    void setImmediate().then(() => done(n === 3 ? wrong : null))
  }
}

/** From the side, while the write goes well. */
class Side extends Callback {
  override refuse(n: number, done: TransformCallback): void {
    if (n === 3) this.fail(wrong)
    done()
  }
}

/** At the end of its input. */
class Flush extends Callback {
  override refuse(_: number, done: TransformCallback): void {
    done()
  }
  override _flush(done: TransformCallback): void {
    done(wrong)
  }
}

const ways = { Callback, Exception, Late, Side, Flush }
const all = [1, 2, 3].flatMap(n => Array.from('abcdef', part => `${n}${part}`))
const numbers = (): Readable => Readable.from([1, 2, 3])

for (const [name, Failing] of Object.entries(ways)) {
  t.test(`${name}: a slow reader gets everything, then the error`, async t => {
    const read: string[] = []
    const slowly = async (texts: AsyncIterable<string>): Promise<void> => {
      for await (const text of texts) {
        await setImmediate()
        read.push(text)
      }
    }
    const error = { message: wrong.message }
    await t.rejects(pipeline(numbers(), new Failing(), slowly), error)
    t.strictSame(read.splice(0), all, 'a function in pipeline()')

    const alone = numbers().pipe(new Failing())
    await t.rejects(slowly(chunksOf(alone)), error)
    t.strictSame(read.splice(0), all, 'for await')

    const sink = (): Writable =>
      new Writable({
        objectMode: true,
        highWaterMark: 1,
        write(text: string, _, done) {
          read.push(text)
          void setImmediate().then(() => done())
        },
      })
    await t.rejects(pipeline(numbers(), new Failing(), sink()), error)
    t.strictSame(read.splice(0), all, 'a Writable in pipeline()')

    const piped = numbers().pipe(new Failing())
    piped.pipe(sink())
    await t.rejects(finished(piped), error)
    t.strictSame(read.splice(0), all, 'pipe()')

    const flowing = numbers().pipe(new Failing())
    flowing.on('data', (text: string) => {
      read.push(text)
      flowing.pause()
      void setImmediate().then(() => flowing.resume())
    })
    await t.rejects(finished(flowing), error)
    t.strictSame(read.splice(0), all, 'data events with pauses')
  })

  t.test(`${name}: without a reader a pipeline ends at once`, async t => {
    await t.rejects(pipeline(numbers(), new Failing()), wrong)
    const abort = new AbortController()
    const { signal } = abort
    await t.rejects(pipeline(numbers(), new Failing(), { signal }), wrong)
  })

  t.test(`${name}: a paused stage keeps its output for later`, async t => {
    const stage = new Failing().pause()
    const over = new Promise<Error | null | undefined>(resolve =>
      joined(numbers(), stage, resolve),
    )
    await setImmediate()
    await setImmediate()
    const read: string[] = []
    await t.rejects(async () => {
      for await (const text of chunksOf(stage)) read.push(text)
    }, wrong)
    t.strictSame(read, all)
    t.equal(await over, wrong)
  })

  t.test(`${name}: destroyed before it is read, it has its error`, async t => {
    for (const end of [
      (stage: Callback) => stage.destroy(),
      (stage: Callback) => stage.destroy(new Error('another')),
    ]) {
      const stage = numbers().pipe(new Failing().pause())
      while (stage.readableLength < all.length) await setImmediate()
      await setImmediate()
      const failed = once(stage, 'error')
      end(stage)
      t.strictSame(await failed, [wrong])
    }
    const abort = new AbortController()
    const stage = numbers().pipe(new Failing(abort.signal).pause())
    while (stage.readableLength < all.length) await setImmediate()
    await setImmediate()
    const failed = once(stage, 'error')
    abort.abort()
    t.strictSame(await failed, [wrong])
  })

  t.test(`${name}: a reader that leaves early causes nothing`, async t => {
    const stage = numbers().pipe(new Failing())
    for await (const text of chunksOf(stage)) {
      t.equal(text, '1a')
      await setImmediate()
      await setImmediate()
      break
    }
    t.ok(stage.destroyed)
  })
}

t.test('writes that a failure stops get its error', async t => {
  const stage = new Callback().pause()
  const errors: unknown[] = []
  const told = (error: unknown): void => void errors.push(error)
  for (const n of [1, 3, 1, 1]) stage.write(n, told)
  stage.end(told)
  for (let i = 0; i < 5; i++) await setImmediate()
  t.strictSame(errors, [null], 'the others wait with it')
  const failed = once(stage, 'error')
  stage.destroy()
  t.strictSame(await failed, [wrong])
  await setImmediate()
  t.strictSame(errors.slice(1), [wrong, wrong, wrong, wrong])
})

t.test('fails writes after an error', async t => {
  const stage = new Side()
  const failed = once(stage, 'error')
  stage.pause()
  stage.write(3)
  stage.write(4)
  const read: unknown[] = []
  stage.on('data', text => read.push(text)).resume()
  t.strictSame(await failed, [wrong])
  t.strictSame(read, all.slice(12))
})

t.test('the first of several errors counts', async t => {
  class Twice extends Callback {
    override refuse(_: number, done: TransformCallback): void {
      this.fail(wrong)
      this.fail(new Error('second'))
      done(new Error('third'))
    }
  }
  await t.rejects(
    pipeline(
      numbers(),
      new Twice(),
      new PassThrough({ objectMode: true }).resume(),
    ),
    wrong,
  )
})

t.test('an error of a data listener is not an error of the stage', async t => {
  const stage = new Callback().on('error', () => t.fail('not its error'))
  stage.on('data', () => {
    throw new Error('mine')
  })
  const raised = once(process, 'uncaughtException')
  t.capture(process, 'emitWarning')
  queueMicrotask(() => stage.write(1))
  t.match(await raised, [{ message: 'mine' }])
})

t.test('a signal that is aborted already ends a stage with fields', async t => {
  class Fields extends Stage<Uint8Array, Uint8Array> {
    readonly #held = { closed: false }
    override _destroy(error: Error | null, done: TransformCallback): void {
      this.#held.closed = true
      done(error)
    }
  }
  const [error] = (await once(
    new Fields({ signal: AbortSignal.abort() }),
    'error',
  )) as [Error]
  t.equal(error.name, 'AbortError')
})
