/**
 * DNS names of the Kaspersky servers, by which the stand-in may be asked for inside the lab's own networks; its certificate,
 * by the lab's internet authority, holds them. Nothing of the lab asks for them by itself, so that nothing can come to the real ones.
 */
const UPDATES = Array.from({ length: 20 }, (_, number) => `s${String(number).padStart(2, '0')}.upd.kaspersky.com`)

/** Kaspersky Endpoint Security 11.6, topic 202507: activation and updates. */
const DOCUMENTED = ['activation-v2.kaspersky.com', ...UPDATES, 'downloads.upd.kaspersky.com', 'cm.k.kaspersky-labs.com']
/** From lists of third parties. */
const OBSERVED = ['ds.kaspersky.com', 'ksn-file-geo.kaspersky-labs.com']

export const KASPERSKY_NAMES: readonly string[] = [...DOCUMENTED, ...OBSERVED]
