import { expect, test } from 'vitest'

import { readCard } from './card'

const SELECT = {
  question_key: 'dest',
  title: '归属',
  option_list: [
    { id: 'me', text: '保护给报备人' },
    { id: 'pool', text: '公海' },
  ],
}

test('a drop-down without a valid choice holds its first option', () => {
  const card = readCard({ card_type: 'button_interaction', button_selection: { ...SELECT, selected_id: 'gone' } })

  expect(card.initial).toEqual({ dest: 'me' })
})

test('a check list starts with what is checked', () => {
  const card = readCard({
    card_type: 'vote_interaction',
    checkbox: { question_key: 'q', mode: 1, option_list: [{ id: 'a', text: '甲', is_checked: true }, { id: 'b', text: '乙' }] },
  })

  expect(card.initial).toEqual({ q: ['a'] })
  expect(card.checks?.multiple).toBe(true)
})

test('buttons that were replaced leave their grey text', () => {
  const card = readCard({ button_list: [{ text: '同意', key: 'approve' }], replaced_by: '已同意' })

  expect(card.replaced).toBe('已同意')
})

test('a link button keeps only web addresses', () => {
  const button = (url: string) => readCard({ button_list: [{ type: 1, text: '打开', url }] }).buttons[0]?.url

  expect(button('https://crm.example.com')).toBe('https://crm.example.com')
  expect(button('javascript:alert(1)')).toBeNull()
})

test('a text card shows the lines of its description', () => {
  const card = readCard({ title: '日报', description: '<div class="gray">9 月</div>新增 3 家<br>释放 1 家' })

  expect([card.title.title, card.subtitle]).toEqual(['日报', '9 月\n新增 3 家\n释放 1 家'])
})
