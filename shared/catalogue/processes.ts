/** Documented processes, what they are, and the Windows service behind each where a page names it (topic 25950). */
export interface ProcessFact {
  title: string
  /** Service names differ from process names: the Web Server is klcsweb in the process list and klwebsrv among the services. */
  windowsService?: string
}

export const processes: Readonly<Record<string, ProcessFact>> = {
  klserver: { title: 'Administration Server', windowsService: 'kladminserver' },
  klnagent: { title: 'Network Agent, also as distribution point and connection gateway', windowsService: 'klnagent' },
  klactprx: { title: 'Activation proxy', windowsService: 'klactprx' },
  klcsweb: { title: 'Web Server', windowsService: 'klwebsrv' },
  ksnproxy: { title: 'KSN proxy', windowsService: 'ksnproxy' },
  kliosmdmservicesrv: { title: 'iOS MDM Server' },
  klpxesrv: { title: 'PXE server' },
  'node.js': { title: 'Web Console Server' },
  dbms: { title: 'Database server' },
}
