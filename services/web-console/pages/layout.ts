import { type Html, html } from './html.ts'

export interface Frame {
  /** The Administration Server's host name. */
  server: string
  /** Who is logged in. */
  user?: string
}

/** A whole page: the head, the bar with the Server's name, and what is in it. */
export const page = ({ server, user }: Frame, title: string, main: Html, script: Html | null = null): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · ${server}</title>
<link rel="icon" href="/assets/icon.svg">
<link rel="stylesheet" href="/assets/style.css">
${script}
</head>
<body>
<header>
<div class="bar">
<p class="server"><a href="/">${server}</a> <small>Administration Server</small></p>
${user === undefined ? null : account(user)}
</div>
<p class="mock">ksc-lab: a mock, not a Kaspersky product</p>
</header>
<main>
${main}
</main>
</body>
</html>
`.text

const account = (user: string): Html => html`<form class="account" method="post" action="/logout">
<span>${user}</span>
<button class="quiet">Log out</button>
</form>`
