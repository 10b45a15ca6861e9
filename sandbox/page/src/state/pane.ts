/** One phone from the inside: its toast and its question ("确定要驳回吗？"), for the components drawn in it. */

import { inject, provide, shallowRef, type InjectionKey, type ShallowRef } from 'vue'

import type { ToastText } from '../api/types'
import type { Pane } from './panes'

const TOAST_MS = 3200

export interface Question {
  title: string
  text: string
  answer(yes: boolean): void
}

export interface Phone {
  pane: Pane
  toast: ShallowRef<ToastText | null>
  question: ShallowRef<Question | null>
  say(toast: ToastText): void
  ask(title: string, text: string): Promise<boolean>
}

const KEY: InjectionKey<Phone> = Symbol('phone')

export function providePhone(pane: Pane): Phone {
  const toast = shallowRef<ToastText | null>(null)
  const question = shallowRef<Question | null>(null)

  function say(next: ToastText): void {
    toast.value = next
    setTimeout(() => {
      if (toast.value === next) toast.value = null
    }, TOAST_MS)
  }

  function ask(title: string, text: string): Promise<boolean> {
    return new Promise((resolve) => {
      question.value = {
        title,
        text,
        answer(yes) {
          question.value = null
          resolve(yes)
        },
      }
    })
  }

  const phone = { pane, toast, question, say, ask }
  provide(KEY, phone)
  return phone
}

export function usePhone(): Phone {
  const phone = inject(KEY)
  if (!phone) throw new Error('usePhone: only inside a PhonePane')
  return phone
}
