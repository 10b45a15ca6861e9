/** Closes a sheet or menu when something else is pressed. */

import { onMounted, onUnmounted, type Ref } from 'vue'

export function useClickAway(root: Readonly<Ref<HTMLElement | null>>, close: () => void): void {
  const onPress = (event: Event) => {
    if (event.target instanceof Node && !root.value?.contains(event.target)) close()
  }
  onMounted(() => document.addEventListener('pointerdown', onPress, true))
  onUnmounted(() => document.removeEventListener('pointerdown', onPress, true))
}
