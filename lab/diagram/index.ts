/** Pictures of a topology; a new format is one file and one line. */
import { mermaid } from './mermaid.ts'
import type { Diagram } from './model.ts'
import { svg } from './svg.ts'

type Draw = (diagram: Diagram) => string | Promise<string>

export const diagramFormats = { svg, mermaid } as const satisfies Record<string, Draw>

export type DiagramFormat = keyof typeof diagramFormats
export const DIAGRAM_FORMATS = Object.keys(diagramFormats) as DiagramFormat[]
