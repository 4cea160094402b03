/** One of several threads that claim the same new folders, each at the same moment as the others. */
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { claim } from '../../certs/folder.ts'

const ROUNDS = 300
const { root, turns, of } = workerData as { root: string; turns: SharedArrayBuffer; of: number }
const arrived = new Int32Array(turns)
const failures: string[] = []
for (let round = 1; round <= ROUNDS; round += 1) {
  Atomics.add(arrived, 0, 1)
  while (Atomics.load(arrived, 0) < round * of);
  try {
    claim(join(root, String(round)))
  } catch (error) {
    failures.push((error as Error).message)
  }
}
parentPort?.postMessage(failures)
