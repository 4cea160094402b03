import type { Device } from '../device.ts'
import { type Html, html } from './html.ts'
import { type Frame, page } from './layout.ts'

interface DevicesPage extends Frame {
  devices: readonly Device[]
}

/** The page's script takes its words from here too: they are in the table's `data-words`. */
const WORDS = {
  on: 'On',
  silent: 'Visible, agent silent',
  off: 'Off',
  ok: '',
  critical: 'Critical',
  warning: 'Warning',
  never: 'never',
} as const

export const devicesPage = ({ devices, ...frame }: DevicesPage): string =>
  page(
    frame,
    'Managed devices',
    html`<div class="heading">
<h1>Managed devices</h1>
<p id="summary">${summary(devices)}</p>
<p id="live" role="status"></p>
</div>
<p class="trouble" id="trouble" role="alert" hidden></p>
<div class="card table" id="list" ${devices.length === 0 ? html`hidden` : null}>
<table data-words="${JSON.stringify(WORDS)}">
<caption>Devices of ${frame.server}, by name</caption>
<thead><tr><th scope="col">Device</th><th scope="col">State</th><th scope="col">Address</th><th scope="col">Network Agent</th><th scope="col">Last connection</th></tr></thead>
<tbody>
${devices.map(row)}
</tbody>
</table>
<template id="row">${row(NOBODY)}</template>
</div>
${empty(frame.server, devices.length > 0)}`,
    html`<script type="module" src="/assets/app.js"></script>`,
  )

/** Every field is found by its `data-field`, so that the script can fill a copy of an empty row. */
const row = ({ name, os, comment, state, health, address, agentVersion, lastConnected }: Device): Html => html`<tr>
<th scope="row"><span data-field="name">${name}</span><small data-field="os">${os}</small><small data-field="comment">${comment}</small></th>
<td data-label="State"><span><span class="state" data-field="state" data-state="${state}">${WORDS[state]}</span> <span class="tag" data-field="health" data-health="${health}">${WORDS[health]}</span></span></td>
<td data-label="Address" data-field="address">${address}</td>
<td data-label="Network Agent" data-field="agentVersion">${agentVersion}</td>
<td data-label="Last connection">${time(lastConnected)}</td>
</tr>
`

/** Absolute for who has no script; the script makes it relative. */
const time = (at: string | null): Html =>
  at === null
    ? html`<span data-field="lastConnected">${WORDS.never}</span>`
    : html`<span data-field="lastConnected" data-at="${at}">${at.slice(0, 16).replace('T', ' ')} UTC</span>`

const NOBODY: Device = {
  id: '',
  name: '',
  os: null,
  comment: null,
  state: 'off',
  health: 'ok',
  address: null,
  agentVersion: null,
  lastConnected: null,
  lastVisible: null,
}

const summary = (devices: readonly Device[]): string =>
  `${devices.length} ${devices.length === 1 ? 'device' : 'devices'}, ${devices.filter(({ state }) => state === 'on').length} on`

const empty = (
  server: string,
  hidden: boolean,
): Html => html`<section class="card" id="empty" ${hidden ? html`hidden` : null}>
<h2>No devices yet</h2>
<p>A device appears here when its Network Agent has synchronised with ${server} for the first time (arrow 4, 13000/tcp).</p>
<p>Start a device of the lab, or see what stops its agent: <code>ksc-lab verify TOPOLOGY --flow 4</code>.</p>
</section>`
