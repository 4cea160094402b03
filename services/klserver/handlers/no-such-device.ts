import { NetError } from '../../../shared/net/errors.ts'

export const noSuchDevice = (hostId: string): NetError =>
  new NetError('no-such-device', `no device has the id ${hostId}; list-devices gives the ids`)
