import { chooseModel } from 'voxpipe'

const { engine, model, mode, reason } = chooseModel({ speakers: true })
console.log(engine, model, mode)
console.log(reason)
