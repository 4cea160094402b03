import { expect, test } from 'vitest'
import { loadTopology } from '../../lab/topologies.ts'
import { printPlace, readDatabaseUrl, withoutLogin } from '../../shared/config/database.ts'
import { databaseOf } from '../../shared/config/database-of.ts'
import { readSettings } from '../../shared/config/settings.ts'

const PIN = 'AB'.repeat(32)

test.each([
  ['mysql://u:p@h/d', { dialect: 'mysql', host: 'h', port: 3306, user: 'u', password: 'p', database: 'd', tls: null }],
  ['mariadb://u:p@h/d', { dialect: 'mysql', port: 3306 }],
  ['postgres://u@h/d', { dialect: 'postgres', port: 5432, password: '' }],
  ['postgresql://u:p%40%3A%2F@[::1]:6000/d', { dialect: 'postgres', host: '::1', port: 6000, password: 'p@:/' }],
  ['mssql://sa:p@h/d', { dialect: 'mssql', port: 1433 }],
  [`mysql://u:p@h/d?tls=pin:${'ab:'.repeat(31)}ab`, { tls: { pin: PIN } }],
])('%s', (text, place) => {
  expect(readDatabaseUrl(text)).toMatchObject(place)
})

test.each([
  ['no scheme', 'u:secret@h/d'],
  ['another scheme', 'oracle://u:secret@h/d'],
  ['no user', 'mysql://h/d'],
  ['no database', 'mysql://u:secret@h'],
  ['port 0', 'mysql://u:secret@h:0/d'],
  ['port 65536', 'mysql://u:secret@h:65536/d'],
  ['a database with a quote', 'mysql://u:secret@h/d`'],
  ['a bad escape', 'mysql://u:secret%@h/d'],
  ['a short pin', 'mysql://u:secret@h/d?tls=pin:AB'],
  ['a pin for mssql', `mssql://u:secret@h/d?tls=pin:${PIN}`],
  ['a file that is not there', 'mysql://u:secret@h/d?tls=ca:/nowhere.pem'],
  ['another option', 'mysql://u:h@h/d?password=secret'],
])('%s is refused, saying what is accepted and no password', (_, text) => {
  const failure = () => readSettings({ KSC_LAB_DATABASE: text })
  expect(failure).toThrow(/^environment: KSC_LAB_DATABASE="[^"]+" is not accepted; expected: sqlite, or \{mysql,/)
  expect(failure).not.toThrow(/secret/)
})

test('neither a place nor a quoted URL shows user or password', () => {
  const place = readDatabaseUrl('mysql://u:p%40w@[::1]:3307/d')
  expect(place && place !== 'sqlite' && printPlace(place)).toBe('mysql://[::1]:3307/d')
  expect(withoutLogin('mysql://u:p@w@h/d')).toBe('mysql://***@h/d')
})

test('several Servers have a database each, or the start is refused', () => {
  const topology = loadTopology('hierarchy')
  expect(() => databaseOf({ database: 'mysql://u:p@h/ksc' }, topology, 'klserver')).toThrow(/\{server\}/)
  expect(databaseOf({ database: 'mysql://u:p@h/ksc_{server}' }, topology, 'primary')).toMatchObject({
    database: 'ksc_primary',
  })
  expect(databaseOf({ database: 'sqlite' }, topology, 'primary')).toBeNull()
})
