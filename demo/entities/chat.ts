import { defineEntity, p } from '@mikro-orm/core';

export const Chat = defineEntity({
  name: 'Chat',
  tableName: 'chats',
  properties: {
    id: p.integer().primary(),
    title: p.string(),
    userId: p.integer().nullable().index(),
    lastReadAt: p.datetime().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});
