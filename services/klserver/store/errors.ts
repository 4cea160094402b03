/** The store cannot be opened, or is asked about a device it never saw. `hint` says what to do. */
export class StoreError extends Error {
  override name = 'StoreError'
  readonly hint: string
  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options)
    this.hint = hint
  }
}
