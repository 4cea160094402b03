import type { Zone } from '../../shared/config/zones.ts'
import type { Outcome } from './outcome.ts'

export const colours: Record<Outcome, string> = {
  planned: '#24507a',
  delivered: '#1a7f37',
  failed: '#c01c28',
  skipped: '#6e7781',
}

const bands: Record<Zone, string> = { internet: '#e6eefa', dmz: '#fdf1d7', lan: '#e8f4ea' }

export const paper = { background: '#ffffff', border: '#d0d7de', ink: '#1f2328', quiet: '#57606a', bands }
