/** The guide's chat application in its stages: the source of `entities.ts`. */
export interface ChatOptions {
  readonly chat?: string;
  readonly message?: string;
  /** More entities, as source; each must be pushed to `entities`. */
  readonly more?: string;
}

export function chatEntities({ chat = '', message = '', more = '' }: ChatOptions = {}): string {
  return `import { defineEntity, p } from '@mikro-orm/core';

export const Chat = defineEntity({
  name: 'Chat',
  tableName: 'chats',
  properties: {
    id: p.integer().primary(),
    title: p.string(),
    createdAt: p.datetime().defaultRaw('now()'),
    ${chat}
  },
});

export const Message = defineEntity({
  name: 'Message',
  tableName: 'messages',
  properties: {
    id: p.integer().primary(),
    chat: () => p.manyToOne(Chat).deleteRule('cascade'),
    text: p.text(),
    ${message}
  },
});

export const entities: any[] = [Chat, Message];
${more}
`;
}
