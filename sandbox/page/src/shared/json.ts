/** Reads vendor JSON without trusting it: each reader answers a harmless value where the shape is not as expected. */

export type JsonObject = Record<string, unknown>

export function asObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
}

export function asList(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.map(asObject) : []
}

export function asText(value: unknown, fallback = ''): string {
  if (typeof value === 'string') return value
  return typeof value === 'number' ? String(value) : fallback
}

export function asTexts(value: unknown): string[] {
  return Array.isArray(value) ? value.map((item) => asText(item)).filter((item) => item !== '') : []
}

export function asNumber(value: unknown, fallback: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : fallback
}

/** Only web, mail and phone addresses may become links; anything else is shown as plain text. */
export function safeUrl(value: unknown): string | null {
  const url = asText(value).trim()
  return /^(https?:\/\/|mailto:|tel:)/i.test(url) ? url : null
}
