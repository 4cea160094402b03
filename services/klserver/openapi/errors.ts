/** An application error: answered with HTTP 200 and `PxgError` (vendor reference, section on errors). */
export class PxgError extends Error {
  override name = 'PxgError'
  readonly code: number
  readonly module: string
  /** HTTP status; 200 where the vendor's documentation has it so. */
  readonly status: number

  constructor(message: string, { code, module, status = 200 }: { code: number; module: string; status?: number }) {
    super(message)
    this.code = code
    this.module = module
    this.status = status
  }

  toJSON() {
    const { code, module, message } = this
    return { PxgError: { code, subcode: 0, module, file: '', line: 0, message } }
  }
}

/** Documented: module KLSTD, "object not found". */
export const notFound = (message: string) => new PxgError(message, { code: 1186, module: 'KLSTD' })

/** Documented: module KLSTD, "not permitted". */
export const notPermitted = (message: string) => new PxgError(message, { code: 1193, module: 'KLSTD' })

/** Documented: module KLSTD, "access denied". */
export const accessDenied = (message: string) => new PxgError(message, { code: 1184, module: 'KLSTD' })

/** The vendor's codes for these are not public, so the lab names itself as the module. */
const own = (code: number, status: number) => (message: string) =>
  new PxgError(message, { code, module: 'KSC-LAB', status })
export const badArgument = own(1, 200)
export const badFilter = own(2, 200)
export const notJson = own(3, 400)
export const noSuchMethod = own(4, 404)
export const tooLarge = own(5, 413)
export const internal = own(6, 500)

/** Not let in: answered in plain text (vendor reference, HTTP status codes). */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly status: 401 | 403
  /** For the log and `X-KSC-ErrorMsg`; says nothing that helps guessing. */
  readonly reason: string | undefined

  constructor(status: 401 | 403, message: string, reason?: string) {
    super(message)
    this.status = status
    this.reason = reason
  }
}

/** The second step is wanted, or has to be registered first (KSCAPI a00390). */
export class Unfinished extends Refusal {
  readonly headers: Record<string, string>

  constructor(type: 'totp' | 'totpreg', session: string | undefined) {
    super(401, 'Authentication not finished')
    this.headers = {
      'WWW-Authenticate': type === 'totp' ? 'KSCMFA type="totp", lengthHint="6"' : 'KSCMFA type="totpreg"',
      ...(session === undefined ? {} : { 'X-KSC-Session': session }),
    }
  }
}

export const authenticationFailure = (reason?: string) => new Refusal(401, 'Authentication failure', reason)
