import { spawn } from 'node:child_process'

/** Runs `nft`; what it is to load comes by stdin. @throws Error in nft's words */
export async function nft(args: readonly string[], input = ''): Promise<string> {
  const child = spawn('nft', args, { stdio: ['pipe', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', chunk => {
    stdout += chunk
  })
  child.stderr.on('data', chunk => {
    stderr += chunk
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  if (code !== 0) throw new Error(`nft ${args.join(' ')}: ${stderr.trim().replaceAll(/\s*\n\s*/g, ' ')}`)
  return stdout
}

/** Tables of the lab's own begin so; no rule of theirs decides anything. */
export const TRACE_TABLE = 'ksc_lab_trace_'
