import { eventsOfHost } from '../event-iterator.ts'

export const createEventProcessingForHost2 = eventsOfHost('EventProcessingFactory.CreateEventProcessingForHost2')
