/** What `import ... from 'ksc-lab'` gives. See docs/library.md. */

export type { WrongKind } from '../certs/wrong/index.ts'
export { FAULT_NAMES, type FaultName, type Middlebox, startMiddlebox } from '../shared/faults/index.ts'
export type { Report, Result } from './report.ts'
export { type Lab, type LabOptions, type LabVerifyOptions, startLab } from './start-lab.ts'
