/** What both ends of FCM know (firebase.google.com, HTTP v1 API). */
import { createHash } from 'node:crypto'

/** mtalk: 5228, seldom 5229 and 5230, and 443 ("FCM ports and your firewall"). */
export const DEVICE_PORTS = [5228, 5229, 5230, 443] as const

export const PROJECT = 'ksc-lab-push'
export const PROJECT_NUMBER = '104857600001'
export const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging'
export const TOKEN_URI = 'https://oauth2.googleapis.com/token'
export const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/** Bytes of a message's data. */
export const LONGEST_DATA = 4096

/** The private key file of the service account, as the Firebase console gives it to an administrator. */
export interface ServiceAccount {
  type: 'service_account'
  project_id: string
  private_key_id: string
  /** PEM */
  private_key: string
  client_email: string
  token_uri: string
}

export const serviceAccount = ({ cert, key }: { cert: string; key: string }): ServiceAccount => ({
  type: 'service_account',
  project_id: PROJECT,
  private_key_id: createHash('sha1').update(cert).digest('hex'),
  private_key: key,
  client_email: `klserver@${PROJECT}.iam.gserviceaccount.com`,
  token_uri: TOKEN_URI,
})
