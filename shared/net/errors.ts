/** What a dial, a listener or an answer can fail with. `code` is the word the journal and the verdicts use. */
export class NetError extends Error {
  override name = 'NetError'
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Nothing came within the time that was given. */
export class TimeoutError extends NetError {
  override name = 'TimeoutError'
  constructor(what: string, ms: number) {
    super('TIMEOUT', `${what}: nothing within ${ms} ms`)
  }
}

/** A listener could not have its port. `hint` says what to do. */
export class ListenError extends NetError {
  override name = 'ListenError'
  readonly hint: string
  constructor(code: string, message: string, hint: string) {
    super(code, message)
    this.hint = hint
  }
}
