/** Why a request is not answered as it wished. Never 401 on an MDM address: a device would leave the management. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly status: number
  readonly body: object
  /** A word for the journal. */
  readonly code: string

  constructor(status: number, code: string, message: string, body: object = { error: message }) {
    super(message)
    this.status = status
    this.code = code
    this.body = body
  }
}
