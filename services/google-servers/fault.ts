/** Errors of the HTTP v1 API (firebase.google.com, "ErrorCode"): the status of the API, and FCM's own code. */
const FAULTS = {
  INVALID_ARGUMENT: { code: 400, status: 'INVALID_ARGUMENT' },
  UNAUTHENTICATED: { code: 401, status: 'UNAUTHENTICATED' },
  PERMISSION_DENIED: { code: 403, status: 'PERMISSION_DENIED' },
  SENDER_ID_MISMATCH: { code: 403, status: 'PERMISSION_DENIED' },
  NOT_FOUND: { code: 404, status: 'NOT_FOUND' },
  UNREGISTERED: { code: 404, status: 'NOT_FOUND' },
  QUOTA_EXCEEDED: { code: 429, status: 'RESOURCE_EXHAUSTED' },
  INTERNAL: { code: 500, status: 'INTERNAL' },
} as const
export type FaultCode = keyof typeof FAULTS

/** Those that come from FCM itself, and not from what stands before every API of Google. */
const OF_FCM: readonly FaultCode[] = [
  'INVALID_ARGUMENT',
  'SENDER_ID_MISMATCH',
  'UNREGISTERED',
  'QUOTA_EXCEEDED',
  'INTERNAL',
]

export class GoogleFault extends Error {
  override name = 'GoogleFault'
  readonly code: FaultCode
  /** s, of `Retry-After`. */
  readonly retryAfter: number | undefined

  constructor(code: FaultCode, message: string, retryAfter?: number) {
    super(message)
    this.code = code
    this.retryAfter = retryAfter
  }

  get httpStatus(): number {
    return FAULTS[this.code].code
  }

  get body(): object {
    const { code, status } = FAULTS[this.code]
    const type = 'type.googleapis.com/google.firebase.fcm.v1.FcmError'
    const details = OF_FCM.includes(this.code) ? { details: [{ '@type': type, errorCode: this.code }] } : {}
    return { error: { code, message: this.message, status, ...details } }
  }
}
