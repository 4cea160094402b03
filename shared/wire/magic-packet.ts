/** Wake-on-LAN: the frame that turns a device on, by UDP in this lab. Pure. */

const SYNCHRONISATION = Buffer.alloc(6, 0xff)
const REPEATED = 16
const MAC = /^([0-9a-f]{2})(:[0-9a-f]{2}){5}$/

/**
 * ```
 * +-------------------+---------------- 16 times ----------------+-------------------+
 * | FF FF FF FF FF FF | MAC of the device, 6 bytes, MAC, MAC ... | whatever follows  |
 * +-------------------+------------------------------------------+-------------------+
 * ```
 * A card looks for the first two parts anywhere in a frame and does not read on: there the lab puts its nonce.
 */
export const magicPacket = (mac: string, nonce: string): Buffer =>
  Buffer.concat([SYNCHRONISATION, ...Array<Buffer>(REPEATED).fill(macBytes(mac)), Buffer.from(nonce, 'latin1')])

/** The device that is called, and what follows its address; null where it is no magic packet. */
export function readMagicPacket(bytes: Buffer): { mac: string; nonce: string } | null {
  for (let at = bytes.indexOf(SYNCHRONISATION); at >= 0; at = bytes.indexOf(SYNCHRONISATION, at + 1)) {
    // Six bytes of FF may be the tail of a longer run of them: the address begins after some six of it.
    const from = at + SYNCHRONISATION.length
    const called = bytes.subarray(from, from + 6)
    const end = from + 6 * REPEATED
    if (end > bytes.length) return null
    const repeated = Array.from({ length: REPEATED }, (_, index) =>
      bytes.subarray(from + 6 * index, from + 6 * index + 6),
    )
    if (repeated.every(one => one.equals(called)))
      return { mac: macText(called), nonce: bytes.subarray(end).toString('latin1') }
  }
  return null
}

/** Of a host of the lab: locally administered (IEEE 802, second bit of the first byte), `KS`, zone and number. */
export const macOf = (zone: number, number: number): string =>
  macText(Buffer.from([0x02, 0x4b, 0x53, 0x43, zone, number]))

function macBytes(mac: string): Buffer {
  if (!MAC.test(mac))
    throw new RangeError(`${mac} is no MAC address; six pairs of hexadecimal digits with colons are expected`)
  return Buffer.from(mac.replaceAll(':', ''), 'hex')
}

const macText = (bytes: Buffer): string => [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join(':')
