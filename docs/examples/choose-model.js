import { chooseModel } from 'voxpipe'

const { engine, model, mode, reason } = chooseModel({ waiting: true })
console.log(engine, model, mode)
console.log(reason)
