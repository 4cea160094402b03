import { eventsOfAll } from '../event-iterator.ts'

export const createEventProcessing2 = eventsOfAll('EventProcessingFactory.CreateEventProcessing2')
