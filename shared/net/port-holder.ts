import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'

/**
 * Which process holds a port, as `node (pid 4242)`, where Linux tells (`/proc`, proc(5)); null elsewhere, and for
 * processes of other users.
 */
export function holderOf(port: number, transport: 'tcp' | 'udp'): string | null {
  try {
    const inodes = new Set(
      [transport, `${transport}6`].flatMap(table => inodesOn(`/proc/net/${table}`, port, transport)),
    )
    if (inodes.size === 0) return null
    for (const pid of readdirSync('/proc')) {
      if (/^\d+$/.test(pid) && holdsOne(pid, inodes)) return `${command(pid)} (pid ${pid})`
    }
  } catch {
    // No /proc, or no right to read it.
  }
  return null
}

/** `sl local_address rem_address st ... inode`; state 0A is LISTEN, 07 is a bound datagram socket. */
function inodesOn(table: string, port: number, transport: 'tcp' | 'udp'): string[] {
  // A kernel without IPv6 has no such table.
  if (!existsSync(table)) return []
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const state = transport === 'tcp' ? '0A' : '07'
  return readFileSync(table, 'utf8')
    .split('\n')
    .map(line => line.trim().split(/\s+/))
    .filter(columns => columns[1]?.endsWith(wanted) && columns[3] === state)
    .map(columns => columns[9] ?? '')
}

function holdsOne(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some(fd => {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1]
      return inode !== undefined && inodes.has(inode)
    })
  } catch {
    return false
  }
}

/** The command line, short enough for one line of a message. */
function command(pid: string): string {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean)
  const line = words.map((word, index) => (index === 0 ? word.replace(/^.*\//, '') : word)).join(' ')
  const shown = line.replace(/[\p{Cc}\s]+/gu, ' ')
  return shown.length > 60 ? `${shown.slice(0, 57)}...` : shown
}
