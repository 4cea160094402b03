import { type Algorithm, makeCertificate } from './certificate.ts'

/** An authority of the lab, named so that nobody takes it for a real one. Ten years: it is renewed with the state folder. */
export const makeAuthority = (name: string, algorithm: Algorithm, now: Date) =>
  makeCertificate({
    commonName: `${name} - DO NOT TRUST`,
    algorithm,
    authority: { pathLength: 1 },
    purposes: [],
    days: 3_650,
    now,
  })
