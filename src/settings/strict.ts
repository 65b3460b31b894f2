/** The conditions under which the setting `strict` refuses to run. */
export const strictRules = ['missing', 'out-of-order', 'edited'] as const;

export type StrictRule = (typeof strictRules)[number];
