import { eventsOfHost } from '../event-iterator.ts'

export const createEventProcessingForHost = eventsOfHost('EventProcessingFactory.CreateEventProcessingForHost')
