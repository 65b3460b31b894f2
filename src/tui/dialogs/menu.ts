import type { Line } from '../../drawing/text/span.ts';
import { widthOf } from '../../drawing/text/width.ts';
import { wrap } from '../../drawing/text/wrap.ts';
import { type Change, only } from '../state/effect.ts';
import { heldNotice, isHeld } from '../state/held.ts';
import type { Dialog, State } from '../state/model.ts';
import { close, notified, replaceTop } from '../state/stack.ts';
import { inDialogs, on } from './commands.ts';
import type { DialogType } from './dialog.ts';

export interface MenuItem {
  /** A one-character shortcut that selects it. */
  readonly key?: string | undefined;
  readonly label: string;
  readonly about?: string | undefined;
  readonly danger?: boolean | undefined;
  /** Why it cannot be selected. */
  readonly disabled?: string | null | undefined;
  /** It works: the cursor may start here. */
  readonly recommended?: boolean | undefined;
  /** Its action; the menu is closed first. */
  readonly choose: (state: State) => Change;
}

/** A short list of options, with an optional question above. */
export interface MenuDialog extends Dialog {
  readonly kind: 'menu';
  readonly title: string;
  readonly tone: 'danger' | 'warning' | undefined;
  readonly text: string;
  readonly items: readonly MenuItem[];
  readonly cursor: number;
  /** Closes by itself when this becomes false. */
  readonly validWhile: ((state: State) => boolean) | undefined;
}

export interface MenuOptions {
  readonly title: string;
  readonly items: readonly MenuItem[];
  readonly openedBy: string;
  readonly text?: string;
  readonly tone?: 'danger' | 'warning' | undefined;
  readonly cursor?: number;
  readonly validWhile?: (state: State) => boolean;
}

export function menu({
  title,
  items,
  openedBy,
  text = '',
  tone,
  cursor,
  validWhile,
}: MenuOptions): MenuDialog {
  const first =
    cursor ??
    Math.max(
      0,
      items.findIndex(item => !item.disabled),
    );
  return { kind: 'menu', title, items, text, tone, cursor: first, validWhile, top: 0, openedBy };
}

export function choose(state: State, dialog: MenuDialog, index: number, key = ''): Change {
  const item = dialog.items[index];
  if (!item) return only(state);
  if (isHeld(state, dialog, key)) return notified(state, heldNotice, 'warning');
  if (item.disabled)
    return notified(replaceTop(state, { ...dialog, cursor: index }), item.disabled, 'warning');
  return item.choose(close(state));
}

const labelWidth = (dialog: MenuDialog): number => Math.max(...dialog.items.map(item => widthOf(item.label)));

function itemLine(item: MenuItem, width: number): Line {
  const style = item.disabled ? 'dim' : item.danger ? 'danger' : undefined;
  return [
    { text: `${item.key ?? ' '}  `, style: item.disabled ? 'dim' : 'key' },
    { text: item.label.padEnd(width), style },
    { text: item.disabled ? `  ${item.disabled}` : item.about ? `  ${item.about}` : '', style: 'dim' },
  ];
}

const commands = inDialogs([
  {
    id: 'choose',
    keys: ['enter'],
    where: ['menu'],
    title: 'choose',
    about: 'choose the item under the cursor',
    footer: 1,
    run: on<MenuDialog>('menu', (state, dialog, key) => choose(state, dialog, dialog.cursor, key)),
  },
]);

export const menuType: DialogType<MenuDialog> = {
  kind: 'menu',
  commands,
  scopes: () => ['menu', 'choosing'],
  title: dialog => dialog.title,
  tone: dialog => dialog.tone,
  width: dialog =>
    Math.max(
      dialog.text === '' ? 44 : Math.min(84, Math.max(44, widthOf(dialog.text) + 4)),
      ...dialog.items.map(item => labelWidth(dialog) + 14 + widthOf(item.disabled ?? item.about ?? '')),
    ),
  head: (dialog, _state, columns) =>
    dialog.text === '' ? [] : [...wrap(dialog.text, columns).map((text): Line => [{ text }]), []],
  body: dialog => dialog.items.map(item => itemLine(item, labelWidth(dialog))),
  /** Text that does not fit next to the selected item is shown here. */
  foot(dialog, _state, columns) {
    const item = dialog.items[dialog.cursor];
    const remark = item?.disabled ?? item?.about ?? '';
    const beside = 3 + labelWidth(dialog) + 2 + widthOf(remark);
    return beside <= columns - 2
      ? []
      : [[], ...wrap(remark, columns).map((text): Line => [{ text, style: 'dim' }])];
  },
  selected: dialog => dialog.cursor,
  choices: dialog => dialog.items.length,
  pressed(dialog, key, state) {
    const item = dialog.items.findIndex(one => one.key === key);
    return item < 0 ? null : choose(state, dialog, item, key);
  },
  isValid: (dialog, state) => dialog.validWhile?.(state) ?? true,
  clicked: (dialog, line, state) => choose(state, dialog, line),
};
