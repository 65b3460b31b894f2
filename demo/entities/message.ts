import { defineEntity, p } from '@mikro-orm/core';
import { Chat } from './chat.ts';

export const Message = defineEntity({
  name: 'Message',
  tableName: 'messages',
  properties: {
    id: p.integer().primary(),
    chat: () => p.manyToOne(Chat).deleteRule('cascade').index(),
    text: p.text(),
    textLength: p.integer().onCreate(message => message.text.length),
    sentAt: p.datetime().defaultRaw('now()'),
  },
});
