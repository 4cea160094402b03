/** The one field of a location. Clients pass the map on as it is, and its content is not documented: this is the lab's. */
export const LOCATION = 'KSC_LAB_HOST_ID'
