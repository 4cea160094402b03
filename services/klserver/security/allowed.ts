import type { AddressSet } from '../../../shared/net/address-set.ts'
import { AUTHENTICATION_ERROR } from '../../../shared/tls/rules.ts'

/** @param allowed null: everybody @returns why an address is not let in, in words; null where it is (topic 231374). */
export const notAllowed = (allowed: AddressSet | null, address: string): string | null =>
  allowed === null || allowed.has(address)
    ? null
    : `${AUTHENTICATION_ERROR}: ${address} is not on the list of allowed addresses (KSC_LAB_LOGIN_FROM)`
