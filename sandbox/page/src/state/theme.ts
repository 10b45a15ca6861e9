/** Light or dark: as the computer is set, until somebody chooses; the choice stays in this browser. */

import { ref, watchEffect, type Ref } from 'vue'

export type Theme = 'light' | 'dark'

const KEY = 'liaodan-theme'

export function useTheme(): { theme: Ref<Theme>; toggle(): void } {
  const theme = ref<Theme>(chosen() ?? systemTheme())
  watchEffect(() => (document.documentElement.dataset.theme = theme.value))

  function toggle(): void {
    theme.value = theme.value === 'dark' ? 'light' : 'dark'
    localStorage.setItem(KEY, theme.value)
  }

  return { theme, toggle }
}

function chosen(): Theme | null {
  const kept = localStorage.getItem(KEY)
  return kept === 'light' || kept === 'dark' ? kept : null
}

const systemTheme = (): Theme => (window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')
