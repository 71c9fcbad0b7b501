import { chooseModel } from 'voxpipe'

const { engine, model, mode, reason } = chooseModel({ speakerLabels: true })
console.log(engine, model, mode)
console.log(reason)
