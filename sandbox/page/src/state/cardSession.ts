/** One card on one phone: what was filled in, which button is busy, and what a press does. */

import { computed, inject, provide, reactive, ref, watch, type ComputedRef, type InjectionKey, type Ref } from 'vue'

import { clickButton, SandboxError } from '../api/client'
import type { ClickResult, FormValue, FormValues, Message } from '../api/types'
import { usePhone, type Phone } from './pane'
import { useSandbox } from './sandbox'

export interface Press {
  /** The name or key the vendor's card gives the button. */
  name: string
  label: string
  /** Fields to send with it; none for a button outside a form. */
  form?: FormValues
}

export interface CardSession {
  values: FormValues
  busy: Ref<string | null>
  hinted: ComputedRef<RegExp | null>
  set(name: string, value: FormValue): void
  restore(): void
  press(press: Press): Promise<void>
}

const KEY: InjectionKey<CardSession> = Symbol('card')

export function provideCardSession(message: () => Message, initial: () => FormValues): CardSession {
  const phone = usePhone()
  const sandbox = useSandbox()
  const values = reactive<FormValues>({ ...initial() })
  const busy = ref<string | null>(null)
  const restore = () => Object.assign(clear(values), initial())
  watch(() => message().revision, restore)

  async function press({ name, label, form }: Press): Promise<void> {
    if (busy.value !== null) return
    busy.value = name || label
    const { platform, user } = phone.pane
    const click = { user, message_id: message().id, button: buttonId(message(), name, label), ...(form && { form }) }
    try {
      answer(phone, await clickButton(platform, click))
      await sandbox.feed.refresh()
    } catch (error) {
      if (!(error instanceof SandboxError)) throw error
      phone.say({ type: 'error', text: error.message })
    } finally {
      busy.value = null
    }
  }

  const hinted = computed(() => sandbox.guide.hintFor(phone.pane, message()))
  const session = { values, busy, hinted, restore, press, set: (name: string, value: FormValue) => (values[name] = value) }
  provide(KEY, session)
  return session
}

export function useCardSession(): CardSession {
  const session = inject(KEY)
  if (!session) throw new Error('useCardSession: only inside a card')
  return session
}

function answer(phone: Phone, result: ClickResult): void {
  if (result.client_error) phone.say({ type: 'error', text: result.client_error })
  else if (result.toast?.text) phone.say(result.toast)
}

/** The control API's id of a button: the vendor's own name where it is listed, else that of the same label. */
function buttonId(message: Message, name: string, label: string): string {
  const buttons = message.card?.buttons ?? []
  const found = buttons.find((button) => name !== '' && button.id === name) ?? buttons.find((button) => button.label === label)
  return found?.id ?? (name || label)
}

function clear(values: FormValues): FormValues {
  for (const name of Object.keys(values)) delete values[name]
  return values
}
