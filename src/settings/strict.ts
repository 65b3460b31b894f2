/** What the setting `strict` can refuse to run over. */
export const strictRules = ['missing', 'out-of-order', 'edited'] as const;

export type StrictRule = (typeof strictRules)[number];
