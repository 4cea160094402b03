import { X509Certificate } from 'node:crypto'
import { verify } from '../../shared/mdm/cms.ts'
import { readPkcs12 } from '../../shared/mdm/pkcs12.ts'
import { readDictionary } from '../../shared/mdm/plist.ts'
import { isDictionary, type Plist, type PlistObject } from '../../shared/mdm/plist-value.ts'
import { NetError } from '../../shared/net/errors.ts'
import type { Management } from './memory.ts'

const fault = (sentence: string): NetError =>
  new NetError('PROFILE', `the enrolment profile is not installed: ${sentence}`)

/**
 * Takes from a signed profile what the device needs, as iOS does it after the user has agreed.
 *
 * @param authority PEM; the signer must have been issued by it
 * @throws NetError `PROFILE` with the reason
 */
export async function readProfile(bytes: Buffer, authority: string): Promise<Omit<Management, 'magic' | 'stage'>> {
  const { signer, content } = await verify(bytes).catch((error: Error) => {
    throw fault(`its signature does not hold (${error.message})`)
  })
  const issuer = new X509Certificate(authority)
  if (!signer.checkIssued(issuer) || !signer.verify(issuer.publicKey))
    throw fault(
      `its signer ${signer.subject.split('\n').join(', ')} was not issued by ${issuer.subject.split('\n')[0]}`,
    )
  if (signer.validToDate.getTime() < Date.now()) throw fault(`its signer's certificate expired on ${signer.validTo}`)
  try {
    return taken(readDictionary(content))
  } catch (error) {
    throw error instanceof NetError ? error : fault((error as Error).message)
  }
}

function taken(profile: PlistObject): Omit<Management, 'magic' | 'stage'> {
  const payloads = Array.isArray(profile.PayloadContent) ? profile.PayloadContent.filter(isDictionary) : []
  const ofType = (type: string) => payloads.find(({ PayloadType }) => PayloadType === type)
  const mdm = ofType('com.apple.mdm')
  if (!mdm) throw fault('it has no payload com.apple.mdm')
  const identity = payloads.find(({ PayloadUUID }) => PayloadUUID === mdm.IdentityCertificateUUID)
  if (identity?.PayloadType !== 'com.apple.security.pkcs12') throw fault('it has no PKCS #12 identity')
  const root = ofType('com.apple.security.root')
  const pair = readPkcs12(data(identity.PayloadContent), text(identity.Password))
  return {
    ...pair,
    profile: text(profile.PayloadIdentifier),
    topic: text(mdm.Topic),
    serverUrl: https(mdm.ServerURL),
    checkInUrl: https(mdm.CheckInURL ?? mdm.ServerURL),
    signMessage: mdm.SignMessage === true,
    root: new X509Certificate(data(root?.PayloadContent)).toString(),
  }
}

function text(value: Plist | undefined): string {
  if (typeof value !== 'string') throw fault('a text is missing in it')
  return value
}

function data(value: Plist | undefined): Uint8Array {
  if (!(value instanceof Uint8Array)) throw fault('data is missing in it')
  return value
}

function https(value: Plist | undefined): string {
  const url = text(value)
  if (!URL.parse(url)?.protocol.startsWith('https')) throw fault(`${url} is no https address`)
  return url
}
