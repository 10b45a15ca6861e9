/** One card on one phone: what was filled in, which button is busy, and what a press does. */

import { computed, inject, provide, reactive, ref, watch, type ComputedRef, type InjectionKey, type Ref } from 'vue'

import { clickButton, SandboxError } from '../api/client'
import type { ClickResult, FormValue, FormValues, Message } from '../api/types'
import { usePhone, type Phone } from './pane'
import { useSandbox } from './sandbox'

export interface ButtonRef {
  /** The name the vendor's card gives the button; may be empty. */
  name: string
  label: string
  /** Which of the buttons with this label, from 0. */
  nth: number
}

export interface CardSession {
  values: FormValues
  busy: Ref<string | null>
  hinted: ComputedRef<RegExp | null>
  set(name: string, value: FormValue): void
  restore(): void
  /** The control API's id of a button. */
  idOf(button: ButtonRef): string
  press(button: string, form?: FormValues): Promise<void>
}

const KEY: InjectionKey<CardSession> = Symbol('card')

export function provideCardSession(message: () => Message, initial: () => FormValues): CardSession {
  const phone = usePhone()
  const sandbox = useSandbox()
  const values = reactive<FormValues>({ ...initial() })
  const busy = ref<string | null>(null)
  const restore = () => Object.assign(clear(values), initial())
  watch(() => message().revision, restore)

  async function press(button: string, form?: FormValues): Promise<void> {
    if (busy.value !== null) return
    busy.value = button
    const { platform, user } = phone.pane
    const click = { user, message_id: message().id, button, ...(form && { form }) }
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
  const session: CardSession = {
    values,
    busy,
    hinted,
    restore,
    press,
    idOf: (button) => buttonId(message(), button),
    set: (name, value) => (values[name] = value),
  }
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

function buttonId(message: Message, { name, label, nth }: ButtonRef): string {
  if (name !== '') return name
  const alike = message.card?.buttons.filter((button) => button.label === label) ?? []
  return alike[nth]?.id ?? label
}

function clear(values: FormValues): FormValues {
  for (const name of Object.keys(values)) delete values[name]
  return values
}
