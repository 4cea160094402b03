import * as v from 'valibot'
import { accessDenied, badArgument } from '../errors.ts'
import { method } from '../method.ts'

export const saveSecretForCurrentUser = method({
  name: 'TotpRegistration.SaveSecretForCurrentUser',
  place: 'anywhere',
  beforeSecondStep: true,
  fidelity: 'assumed',
  about: 'From now on codes of this secret are the second step, KSCMFA',
  answer: '`{}`',
  args: v.object({ wstrSecretId: v.string(), wstrValidationCode: v.string() }),
  run({ gate, caller: { user, unfinished } }, { wstrSecretId, wstrValidationCode }) {
    const step = gate.accounts.secondStep(user)
    if (!step || (unfinished && step.registered)) throw accessDenied('there is no secret to be saved for this login')
    if (!step.register(wstrSecretId, wstrValidationCode))
      throw badArgument(
        'TotpRegistration.SaveSecretForCurrentUser: wstrValidationCode is no code of the last secret of GenerateSecret, or wstrSecretId is not its KLTOTP_SECRET_ID',
      )
    return {}
  },
})
