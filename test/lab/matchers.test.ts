import { describe, expect, it } from 'vitest'
import '../../lab/vitest.ts'
import { report, result } from './kit.ts'

const lan = report([
  result({ id: '4@agent-1>klserver:13000' }),
  result({
    id: '4@agent-2>klserver:13000',
    verdict: 'refused',
    asExpected: false,
    explanation: 'The port is closed there.',
    advice: 'Open it.',
  }),
  result({ id: '9a@admin-pc>web-console:8080', flow: '9a' }),
])
const failure = (assertion: () => void): string => {
  try {
    assertion()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('the assertion held')
}

describe('toDeliver', () => {
  it('holds where every instance was delivered', () => {
    expect(lan).toDeliver('9a')
    expect(lan).toDeliver('4@agent-1>klserver:13000')
    expect(lan).not.toDeliver('4')
  })

  it('fails with the instance, its explanation and the advice', () => {
    const message = failure(() => expect(lan).toDeliver('4'))
    expect(message).toContain('arrow 4: delivered was expected')
    expect(message).toContain('4@agent-2>klserver:13000: refused. The port is closed there.')
    expect(message).toContain('Open it.')
    expect(message).not.toContain('agent-1>')
  })

  it('fails for an arrow that the report does not have', () => {
    expect(failure(() => expect(lan).toDeliver('14'))).toBe('the report has no arrow 14; it has 4, 9a')
  })
})

describe('toReport', () => {
  it('holds where every instance got the word', () => {
    expect(lan).toReport('4@agent-2>klserver:13000', 'refused')
    expect(lan).not.toReport('4', 'refused')
    expect(failure(() => expect(lan).toReport('9a', 'filtered'))).toContain('9a@admin-pc>web-console:8080: delivered')
  })
})
