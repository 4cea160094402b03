/** Milliseconds since the epoch from the monotonic clock: comparable between the processes of one machine, and it never steps back. */
export const now = (): number => performance.timeOrigin + performance.now()
