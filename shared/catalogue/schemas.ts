/** The vendor's schemas, each a picture with numbered arrows, and its interaction tables (`i-...`). */
import type { Schema } from './types.ts'

export const schemas: readonly Schema[] = [
  { id: 'lan', topic: 183040, title: 'Server and managed devices on LAN' },
  { id: 'hierarchy', topic: 183051, title: 'Primary on LAN, one secondary in DMZ, one on the internet' },
  { id: 'reverse-proxy', topic: 183056, title: 'Server on LAN, devices on the internet, reverse proxy (TMG in 13.1)' },
  { id: 'gateway', topic: 183058, title: 'Server on LAN, devices on the internet, connection gateway in DMZ' },
  { id: 'server-dmz', topic: 183041, title: 'Server in DMZ, devices on the internet' },
  { id: 'i-dbms', topic: 158523, title: 'Interaction: DBMS' },
  { id: 'i-console', topic: 158545, title: 'Interaction: MMC console' },
  { id: 'i-client', topic: 158525, title: 'Interaction: client device' },
  { id: 'i-dp', topic: 158532, title: 'Interaction: distribution point' },
  { id: 'i-hierarchy', topic: 158529, title: 'Interaction: hierarchy' },
  { id: 'i-hierarchy-dmz', topic: 158530, title: 'Interaction: secondary in DMZ' },
  { id: 'i-gw-segment', topic: 158533, title: 'Interaction: gateway in a segment' },
  { id: 'i-gw-dmz', topic: 158534, title: 'Interaction: gateway in DMZ' },
  { id: 'i-webconsole', topic: 178949, title: 'Interaction: Web Console' },
  { id: 'i-mobile', topic: 158535, title: 'Interaction: mobile device' },
]
