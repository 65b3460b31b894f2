import { defineEntity, p } from '@mikro-orm/core';
import { Message } from './message.ts';

export const Reaction = defineEntity({
  name: 'Reaction',
  tableName: 'reactions',
  uniques: [{ properties: ['message', 'userId', 'emoji'] }],
  properties: {
    id: p.integer().primary(),
    message: () => p.manyToOne(Message).deleteRule('cascade'),
    userId: p.integer(),
    emoji: p.string().length(32),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});
