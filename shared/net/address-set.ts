import { BlockList, isIP } from 'node:net'

/** Addresses and networks, as `127.0.0.1, 198.51.100.0/24, 2001:db8::/32`. */
export interface AddressSet {
  has(address: string): boolean
}

/** Null where an entry is neither an address nor a network. */
export function addressSet(entries: readonly string[]): AddressSet | null {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', bits, ...more] = entry.split('/')
    const family = isIP(address)
    if (family === 0 || more.length > 0) return null
    const kind = family === 4 ? 'ipv4' : 'ipv6'
    if (bits === undefined) list.addAddress(address, kind)
    else if (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
      list.addSubnet(address, Number(bits), kind)
    else return null
  }
  return { has: address => isIP(address) !== 0 && list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6') }
}
