/** The device list, kept up to date by the WebSocket at /events. */

/** The server ends a socket with this code when nobody is logged in any more (`events.ts`). */
const SESSION_ENDED = 4401
/** ms */
const FIRST_RETRY = 1_000
const LONGEST_RETRY = 30_000
const REFRESH = 5_000

const element = id => document.getElementById(id)
const list = element('list')
const table = list.querySelector('table')
const words = JSON.parse(table.dataset.words)

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const absolute = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' })
const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
]

function ago(at) {
  const seconds = Math.max(0, (Date.now() - at) / 1_000)
  const [unit, size] = UNITS.find(([, size]) => seconds >= size) ?? ['second', 1]
  return relative.format(-Math.floor(seconds / size), unit)
}

function tellTimes() {
  for (const cell of table.querySelectorAll('[data-at]')) {
    const at = new Date(cell.dataset.at)
    cell.textContent = ago(at)
    cell.title = absolute.format(at)
  }
}

function row(device) {
  const copy = element('row').content.cloneNode(true)
  const field = name => copy.querySelector(`[data-field="${name}"]`)
  for (const name of ['name', 'os', 'comment', 'address', 'agentVersion']) field(name).textContent = device[name] ?? ''
  field('state').dataset.state = device.state
  field('state').textContent = words[device.state]
  field('health').dataset.health = device.health
  field('health').textContent = words[device.health]
  if (device.lastConnected === null) field('lastConnected').textContent = words.never
  else field('lastConnected').dataset.at = device.lastConnected
  return copy
}

function show(devices) {
  const on = devices.filter(({ state }) => state === 'on').length
  element('summary').textContent = `${devices.length} ${devices.length === 1 ? 'device' : 'devices'}, ${on} on`
  table.tBodies[0].replaceChildren(...devices.map(row))
  list.hidden = devices.length === 0
  element('empty').hidden = devices.length > 0
  tellTimes()
}

function showTrouble(sentence) {
  element('trouble').textContent = sentence ?? ''
  element('trouble').hidden = sentence === null
}

function live(state, sentence) {
  element('live').dataset.live = state
  element('live').textContent = sentence
}

function follow(retry) {
  const socket = new WebSocket('/events')
  let next = retry
  socket.addEventListener('open', () => {
    next = FIRST_RETRY
  })
  socket.addEventListener('message', ({ data }) => {
    const { devices, error } = JSON.parse(data)
    if (devices) show(devices)
    showTrouble(error ?? null)
    if (error === undefined) live('yes', 'Live')
    else live('no', 'Not up to date')
  })
  socket.addEventListener('close', ({ code }) => {
    if (leaving) return
    if (code === SESSION_ENDED) return location.assign('/login?ended')
    live('no', 'No live updates: the WebSocket /events does not pass (arrow 9a). Trying again.')
    setTimeout(() => follow(Math.min(next * 2, LONGEST_RETRY)), next)
  })
}

/** Whoever logs out need not be told that the session has ended. */
let leaving = false
document.querySelector('.account').addEventListener('submit', () => {
  leaving = true
})

tellTimes()
setInterval(tellTimes, REFRESH)
follow(FIRST_RETRY)
