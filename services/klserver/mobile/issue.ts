/** Loaded at the first enrolment: what makes certificates takes 150 ms to load. */
import 'reflect-metadata'
import { Pkcs10CertificateRequest, X509Certificate } from '@peculiar/x509'
import { NetError } from '../../../shared/net/errors.ts'
import type { ServerIdentity } from '../../../shared/net/host.ts'
import { type DeviceOwner, subjectOf } from '../../../shared/tls/device-owner.ts'
import { issueDeviceCertificate } from '../../../shared/tls/issue-device-certificate.ts'

/** @param request PEM of a PKCS #10 request @throws NetError where it is none */
export async function issue(authority: ServerIdentity, owner: DeviceOwner, request: string) {
  const { publicKey } = await readRequest(request)
  const certificate = await issueDeviceCertificate(authority, { subject: subjectOf(owner), publicKey })
  return { certificate, validTo: new X509Certificate(certificate).notAfter.getTime() }
}

async function readRequest(pem: string): Promise<Pkcs10CertificateRequest> {
  let request: Pkcs10CertificateRequest
  try {
    request = new Pkcs10CertificateRequest(pem)
  } catch {
    throw new NetError('bad-request', 'enrol.request is not the PEM of a PKCS #10 certificate request')
  }
  if (await request.verify().catch(() => false)) return request
  throw new NetError('bad-request', 'the signature of enrol.request is not by the key in it')
}
