/** Which form a button or field stands in, so that a submit button knows what it submits. */

import { inject, provide, type InjectionKey } from 'vue'

import type { FeishuElement } from './card'

const KEY: InjectionKey<FeishuElement[]> = Symbol('feishu-form')

export const provideForm = (elements: FeishuElement[]) => provide(KEY, elements)

/** The elements of the surrounding form; null outside one. */
export const useForm = (): FeishuElement[] | null => inject(KEY, null)
