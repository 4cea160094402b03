import * as v from 'valibot'
import { accessDenied } from '../errors.ts'
import { method } from '../method.ts'

export const generateSecret = method({
  name: 'TotpRegistration.GenerateSecret',
  place: 'anywhere',
  beforeSecondStep: true,
  fidelity: 'documented',
  about: 'A secret for the second step of the own login; without effect until it is saved',
  answer: '`pSecret` {`KLTOTP_SECRET_KEY` (base32), `KLTOTP_SECRET_ID`}',
  args: v.object({}),
  run({ gate, caller: { user, unfinished } }) {
    const step = gate.accounts.secondStep(user)
    if (!step) throw accessDenied('the login of this account has one step')
    if (unfinished && step.registered)
      throw accessDenied('a new secret is given to who has finished the login with the old one')
    const { id, key } = step.offer()
    return { pSecret: { KLTOTP_SECRET_KEY: key, KLTOTP_SECRET_ID: id } }
  },
})
