import { expect, test } from 'vitest'

import { parsePost } from './post'

test('a post is read under its locale, piece by piece', () => {
  const raw = {
    zh_cn: {
      title: '日报',
      content: [
        [
          { tag: 'text', text: '新增 3 家 ', style: ['bold'] },
          { tag: 'at', user_id: 'ou_demo_xiaoli', user_name: '小李' },
        ],
        [{ tag: 'md', text: '**合计** 3' }],
      ],
    },
  }

  expect(parsePost(raw)).toEqual([
    { kind: 'heading', level: 2, children: [{ kind: 'text', text: '日报' }] },
    {
      kind: 'paragraph',
      children: [
        { kind: 'bold', children: [{ kind: 'text', text: '新增 3 家 ' }] },
        { kind: 'mention', id: 'ou_demo_xiaoli', text: '小李' },
      ],
    },
    {
      kind: 'paragraph',
      children: [
        { kind: 'bold', children: [{ kind: 'text', text: '合计' }] },
        { kind: 'text', text: ' 3' },
      ],
    },
  ])
})
