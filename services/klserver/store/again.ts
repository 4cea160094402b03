/** Two writers at once may draw the same number, which a unique index refuses to the second: it draws again. */
const ATTEMPTS = 3

export async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let left = ATTEMPTS; ; left--) {
    try {
      return await work()
    } catch (error) {
      if (left === 1) throw error
    }
  }
}
