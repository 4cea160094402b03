/** The one report of the lab, in the formats of `KLRPT_TARGET_TYPE`. */
import type { Device } from '../store/index.ts'
import { type Fields, params } from './types.ts'

/** As the vendor names it. */
export const REPORT: Fields = {
  RPT_ID: 1,
  RPT_DN: 'Report on Kaspersky software versions',
  RPT_TYPE: 1,
  RPT_GROUPID: 0,
}
export const REPORT_LISTED = params(REPORT)

const COLUMNS = ['device', 'address', 'application', 'version'] as const
type Row = Record<(typeof COLUMNS)[number], string>

const rowsOf = (devices: readonly Device[]): Row[] =>
  devices.flatMap(({ displayName: device, address, applications }) =>
    applications.map(({ name: application, version }) => ({ device, address, application, version })),
  )

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }
const escaped = (text: string) => text.replace(/[&<>"']/g, character => ENTITIES[character] ?? '')

function xml(rows: readonly Row[]): string {
  const attributes = (row: Row) => COLUMNS.map(column => ` ${column}="${escaped(row[column])}"`).join('')
  const lines = rows.map(row => `  <row${attributes(row)}/>`)
  return ['<?xml version="1.0" encoding="UTF-8"?>', `<report name="${REPORT.RPT_DN}">`, ...lines, '</report>', ''].join(
    '\n',
  )
}

/** RFC 4180 */
const csv = (rows: readonly Row[]): string =>
  [COLUMNS, ...rows.map(row => COLUMNS.map(column => row[column]))]
    .map(
      cells => `${cells.map(cell => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`,
    )
    .join('')

const FORMATS = [
  { extension: '.xml', write: xml },
  { extension: '.csv', write: csv },
  { extension: '.json', write: (rows: readonly Row[]) => JSON.stringify(rows) },
]

/** @param type 0 XML, 1 CSV, 2 JSON; others are not there. */
export function writeReport(
  devices: readonly Device[],
  type: number,
): { bytes: Buffer; extension: string } | undefined {
  const format = FORMATS[type]
  return format && { bytes: Buffer.from(format.write(rowsOf(devices))), extension: format.extension }
}
