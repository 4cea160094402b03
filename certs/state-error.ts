/** The state folder cannot be used; `hint` says what to do. */
export class StateError extends Error {
  override name = 'StateError'
  readonly hint: string
  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}
