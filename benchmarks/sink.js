/**
 * What the Realtime sink costs at real time, and how late it is with 100
 * streams.
 */
import { printHead, writeResults } from './_util/report.js'
import { measureSink, printSink } from './_util/sink-rows.js'

printHead('The Realtime sink')
const sink = await measureSink()
printSink(sink)
writeResults('sink', sink)
