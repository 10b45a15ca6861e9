/** A chosen file as the control API takes it. */

import type { Attachment } from '../api/types'

const CHUNK = 0x8000

export async function readAttachment(file: File): Promise<Attachment> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let binary = ''
  for (let at = 0; at < bytes.length; at += CHUNK) binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK))
  return { name: file.name, base64: btoa(binary) }
}
