import { expect, test } from 'vitest'

import { flatten, initialValues, missingFields, readCard } from './card'

const plain = (content: string) => ({ tag: 'plain_text', content })

const FORM = {
  schema: '2.0',
  header: {
    title: plain('客户报备'),
    template: 'blue',
    text_tag_list: [{ tag: 'text_tag', text: plain('待审批'), color: 'orange' }],
  },
  body: {
    elements: [
      {
        tag: 'form',
        name: 'f',
        elements: [
          { tag: 'input', name: 'company', required: true, label: plain('公司全称'), default_value: '云途' },
          { tag: 'select_static', name: 'level', options: [{ text: plain('甲'), value: 'A' }], initial_index: 1 },
          { tag: 'multi_select_static', name: 'tags', options: [], selected_values: ['x'] },
          { tag: 'checker', name: 'urgent', text: plain('加急'), checked: true },
          {
            tag: 'column_set',
            columns: [
              {
                tag: 'column',
                elements: [{ tag: 'button', name: 'submit__1', form_action_type: 'submit', text: plain('提交') }],
              },
            ],
          },
        ],
      },
    ],
  },
}

test('a form card starts with the values its sender put in', () => {
  expect(initialValues(readCard(FORM))).toEqual({ company: '云途', level: 'A', tags: ['x'], urgent: true })
})

test('the header carries title, colour and tags', () => {
  expect(readCard(FORM).header).toEqual({
    title: '客户报备',
    subtitle: '',
    template: 'blue',
    tags: [{ text: '待审批', color: 'orange' }],
  })
})

test('a required field that was emptied is named before anything is sent', () => {
  const { elements } = readCard(FORM)

  expect(missingFields(elements, { company: '' })).toEqual(['公司全称'])
  expect(missingFields(elements, { company: '云途' })).toEqual([])
})

test('buttons with the same label are told apart', () => {
  const button = { tag: 'button', text: plain('领取') }
  const buttons = flatten(readCard({ body: { elements: [button, { tag: 'hr' }, button] } }).elements)

  expect(buttons.flatMap((element) => (element.tag === 'button' ? [element.nth] : []))).toEqual([0, 1])
})

test('an element that cannot be drawn is announced, not dropped', () => {
  expect(readCard({ body: { elements: [{ tag: 'chart' }] } }).elements).toEqual([{ tag: 'unknown', name: 'chart' }])
})

test('a button opens web addresses only', () => {
  const card = (url: string) => ({
    body: { elements: [{ tag: 'button', text: plain('打开'), behaviors: [{ type: 'open_url', default_url: url }] }] },
  })

  expect(readCard(card('https://crm.example.com/1')).elements[0]).toMatchObject({ url: 'https://crm.example.com/1' })
  expect(readCard(card('javascript:alert(1)')).elements[0]).toMatchObject({ url: null })
})

test.each([null, 42, 'text', [], { body: 7 }, { body: { elements: [null, 'x', []] } }])(
  'a card of any shape is read without a fault: %j',
  (raw) => {
    expect(readCard(raw).header).toBeNull()
  },
)
