import { eventsOfAll } from '../event-iterator.ts'

export const createEventProcessing = eventsOfAll('EventProcessingFactory.CreateEventProcessing')
