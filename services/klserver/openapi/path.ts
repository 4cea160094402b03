/** With the version of the vendor's clients, with a later one, and without any; all seen. */
const PATH = /^\/api\/(?:v1\.[01]\/)?([^/?]+)(?:\?.*)?$/
/** One client takes the HTTP version for a part of the name. */
const TRAILING_VERSION = /%20HTTP\/1\.[01]$/i

/** @returns `login`, `Class.Method` or `Instance.Class.Method`; null where the path is no call. */
export const calledName = (url: string): string | null => PATH.exec(url.replace(TRAILING_VERSION, ''))?.[1] ?? null
