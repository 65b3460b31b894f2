/** The meaning of a piece of text, independent of its colour. */
export type Style =
  | 'strong'
  | 'dim'
  | 'border'
  | 'focus'
  | 'title'
  | 'key'
  | 'accent'
  | 'applied'
  | 'pending'
  | 'missing'
  | 'edited'
  | 'ok'
  | 'warning'
  | 'danger'
  | 'badge'
  | 'alarm'
  | 'match'
  | 'cursor'
  | 'keyword'
  | 'string'
  | 'number'
  | 'comment'
  | 'function'
  | 'type'
  | 'added'
  | 'removed'
  | 'hunk'
  | 'lane0'
  | 'lane1'
  | 'lane2'
  | 'lane3'
  | 'lane4'
  | 'lane5';

/** The colours of a theme, as SGR parameters. */
export interface Shades {
  readonly sgr: Readonly<Partial<Record<Style, string>>>;
  readonly selected: string;
  readonly marked: string;
}
