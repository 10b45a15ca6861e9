/** What the start page asks the product: where the chat page is, and whether the product is ready. */

export interface Start {
  chat_url: string | null
  mode: string
  version: string
}

export type Health = 'checking' | 'ready' | 'unready'

export async function fetchStart(): Promise<Start | null> {
  const response = await fetch('/api/start').catch(() => null)
  return response?.ok ? ((await response.json()) as Start) : null
}

export async function fetchHealth(): Promise<Health> {
  const response = await fetch('/readyz', { cache: 'no-store' }).catch(() => null)
  return response?.ok ? 'ready' : 'unready'
}

/** Only a web address may become the link to the chat page. */
export function chatAddress(start: Start | null): string | null {
  const address = start?.chat_url ?? ''
  return /^https?:\/\//.test(address) ? address : null
}
