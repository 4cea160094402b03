import { Duplex } from 'node:stream'
import { connect } from 'node:tls'

/** The first flight of node:tls towards a name: what a gateway looks at before it carries anything. */
export function clientHello(servername: string): Promise<Buffer> {
  return new Promise(resolve => {
    const socket = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        resolve(chunk)
        done()
      },
    })
    // Nobody answers, and nothing waits for it.
    connect({ socket, servername, rejectUnauthorized: false }).on('error', () => {})
  })
}
