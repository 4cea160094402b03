const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Titles are the user's text. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, char => entities[char] ?? char)

export function text(content: string, attributes: Record<string, string | number>): string {
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${value}"`)
  return `<text${written.join('')}>${escaped(content)}</text>`
}
