/** One attempt as a packet filter sees it. IPv4 only, as the zones are. */
export interface Attempt {
  source: string
  destination: string
  transport: 'tcp' | 'udp'
  port: number
}

/** More of them have one cause, and are traced at a glance anyway. */
export const TRACED_AT_ONCE = 20
