/** Fields of the view EventsSrvViewName, as far as events of the lab have them. */
import type { Store, StoredEvent } from '../store/index.ts'
import { type Attributes, attributeIn, fieldsIn } from './pick.ts'
import type { Records } from './search.ts'
import { datetime } from './types.ts'

/** By event type; of others the type itself is shown. */
const DISPLAY_NAMES: Record<string, string> = {
  KLAUD_EV_SERVERCONNECT: 'Audit: Connection to the Administration Server',
  KLAUD_EV_OBJECTMODIFY: 'Audit: Object modification',
  KLAUD_EV_TASK_STATE_CHANGED: 'Audit: Object status modification',
  KLAUD_EV_ADMGROUP_CHANGED: 'Audit: Group settings modification',
}

const attributes: Attributes<StoredEvent> = {
  event_db_id: ({ id }) => id,
  rise_time: ({ at }) => datetime(at),
  event_type: ({ kind }) => kind,
  event_type_display_name: ({ kind }) => DISPLAY_NAMES[kind] ?? kind,
  GNRL_EA_SEVERITY: ({ severity }) => severity,
  GNRL_EA_DESCRIPTION: ({ text }) => text,
  hostname: ({ hostId }) => hostId || undefined,
}

/** Events, with the names of their hosts. */
export async function eventRecords(store: Store, items: StoredEvent[]): Promise<Records<StoredEvent>> {
  const names = await store.displayNames(items.map(({ hostId }) => hostId))
  const all = { ...attributes, hostdn: ({ hostId }: StoredEvent) => names.get(hostId) }
  return { items, attribute: attributeIn(all), fields: fieldsIn(all) }
}
