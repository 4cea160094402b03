/** The far end: sink, source, echo and greeter on a port each. */
import { ends, KINDS } from '../harness/ends.ts'
import { listening } from '../harness/listening.ts'
import { play } from '../harness/role.ts'

let received = 0
const serve = ends(bytes => (received += bytes))
const ports = Object.fromEntries(await Promise.all(KINDS.map(async kind => [kind, await listening(serve[kind])])))
play(({ ask }) => (ask === 'ports' ? ports : received))
