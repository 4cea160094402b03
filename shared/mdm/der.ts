/** Short hands for `asn1js`: what CMS and PKCS #12 files are made of. */
import * as asn1 from 'asn1js'

const buffer = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer

export const sequence = (...value: asn1.AsnType[]) => new asn1.Sequence({ value })
export const set = (...value: asn1.AsnType[]) => new asn1.Set({ value })
export const oid = (value: string) => new asn1.ObjectIdentifier({ value })
export const integer = (value: number) => new asn1.Integer({ value })
export const octets = (bytes: Uint8Array) => new asn1.OctetString({ valueHex: buffer(bytes) })
export const explicit = (tagNumber: number, value: asn1.AsnType) =>
  new asn1.Constructed({ idBlock: { tagClass: 3, tagNumber }, value: [value] })

/** @throws Error for anything but one whole block */
export function parse(bytes: Uint8Array): asn1.AsnType {
  const { offset, result } = asn1.fromBER(buffer(bytes))
  if (offset !== bytes.length || result.error) throw new Error(result.error || 'no DER')
  return result
}

export function child(block: asn1.BaseBlock | undefined): asn1.AsnType[] {
  if (!(block instanceof asn1.Constructed)) throw new Error('a constructed value is expected')
  return block.valueBlock.value as asn1.AsnType[]
}

export function octetsOf(block: asn1.BaseBlock | undefined): Buffer {
  if (block instanceof asn1.OctetString) return Buffer.from(block.getValue())
  if (block instanceof asn1.Primitive) return Buffer.from(block.valueBlock.valueHexView)
  throw new Error('bytes are expected')
}

export function oidOf(block: asn1.BaseBlock | undefined): string {
  if (block instanceof asn1.ObjectIdentifier) return block.valueBlock.toString()
  throw new Error('an object identifier is expected')
}
