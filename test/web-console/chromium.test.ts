/** The Web Console as a person uses it: a whole lab, and a real browser that trusts this one certificate. */
import { createHash, X509Certificate } from 'node:crypto'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { leftOut } from '../requires.ts'

const BROWSER = process.env.TEST_CHROMIUM ?? '/usr/bin/chromium'
/** A folder for a picture of the device list. */
const SCREENSHOTS = process.env.TEST_SCREENSHOTS
const reason = leftOut('the Web Console in a browser', BROWSER, ['--version'])

let lab: Lab
let browser: Browser
beforeAll(async () => {
  if (reason) return
  lab = await startLab('lan')
  const { publicKey } = new X509Certificate(lab.certificate('web-console', 'web-console'))
  const pin = createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' }))
  browser = await chromium.launch({
    executablePath: BROWSER,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      `--ignore-certificate-errors-spki-list=${pin.digest('base64')}`,
      '--host-resolver-rules=MAP web-console.lan.ksc-lab.test 127.0.0.1',
    ],
  })
})
afterAll(async () => {
  await browser?.close()
  await lab?.stop()
})

test('logs in, lists the devices, shows a device that goes off without a reload, logs out', async ({ skip }) => {
  if (reason) skip(reason)
  const { administrator } = lab.state.credentials
  const page = await browser.newPage()
  const troubles: string[] = []
  page.on('pageerror', error => troubles.push(error.message))
  page.on('console', message => {
    if (message.type() === 'error') troubles.push(message.text())
  })
  await page.goto(`https://web-console.lan.ksc-lab.test:${lab.endpoint('web-console', 8080).port}/`)

  await page.getByLabel('Name').fill(administrator.user)
  await page.getByLabel('Password').fill('not this one')
  await page.getByRole('button', { name: 'Log in' }).click()
  await expect.poll(() => page.getByRole('alert').first().textContent()).toContain('password')

  await page.getByLabel('Password').fill(administrator.password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('heading', { name: 'Managed devices' }).waitFor()
  const state = (name: string) =>
    page.getByRole('row').filter({ hasText: name }).locator('[data-field=state]').textContent()
  await expect.poll(() => state('agent-1'), { timeout: 5_000 }).toBe('On')
  expect(await page.getByRole('row').count()).toBe(3)

  if (SCREENSHOTS) await page.screenshot({ path: `${SCREENSHOTS}/devices.png` })

  // The list follows by the WebSocket; nothing is loaded again.
  await page.evaluate(() => Object.assign(globalThis, { stillHere: true }))
  await lab.stopHost('agent-1')
  await expect.poll(() => state('agent-1'), { timeout: 5_000 }).toBe('Off')
  await lab.startHost('agent-1')
  await expect.poll(() => state('agent-1'), { timeout: 5_000 }).toBe('On')
  expect(await page.evaluate('globalThis.stillHere')).toBe(true)

  await page.getByRole('button', { name: 'Log out' }).click()
  await page.getByRole('heading', { name: 'Log in' }).waitFor()
  expect(troubles.filter(text => !text.includes('401'))).toEqual([])
})
