import { describe, expect, it } from 'vitest'

import type { Message } from '../api/types'
import { exhibits } from './columns'

const message = (kind: Message['kind'], text: string) => ({ kind, text }) as Message

describe('exhibits', () => {
  it('puts what follows a name under it', () => {
    const sent = [message('text', 'pool.listing'), message('card', '公海'), message('text', 'help.one'), message('text', '怎么用')]

    expect(exhibits(sent).map(({ name, messages }) => [name, messages.map(({ text }) => text)])).toEqual([
      ['pool.listing', ['公海']],
      ['help.one', ['怎么用']],
    ])
  })

  it('shows nothing that came before the first name', () => {
    expect(exhibits([message('text', '你好'), message('card', '公海')])).toEqual([])
  })
})
