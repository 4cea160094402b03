/** Middleboxes that do one wrong thing each. */
export { type Middlebox, type MiddleboxOptions, startMiddlebox } from './middlebox.ts'
export { FAULT_NAMES, type FaultName } from './registry.ts'
