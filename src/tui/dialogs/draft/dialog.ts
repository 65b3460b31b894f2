import type { Draft } from '../../../engine/api.ts';
import { ask, type Change } from '../../state/effect.ts';
import type { Call, Dialog, Loaded, State } from '../../state/model.ts';
import { open } from '../../state/stack.ts';

/** Files to be written, shown first. */
export interface DraftDialog extends Dialog {
  readonly kind: 'draft';
  readonly title: string;
  readonly loaded: Loaded<Draft>;
  /** The request. */
  readonly call: DraftCall;
  /** The write in progress. */
  readonly writing: number | null;
  /** The equivalent command. */
  readonly command: string;
}

export type DraftCall = Extract<Call, { call: `draft${string}` }>;

/** Requests a draft and shows it. */
export function openDraft(
  state: State,
  title: string,
  call: DraftCall,
  command: string,
  openedBy: string,
): Change {
  const [asked, ticket, effect] = ask(state, call);
  const dialog: DraftDialog = {
    kind: 'draft',
    title,
    loaded: { is: 'loading', ticket },
    call,
    writing: null,
    command,
    top: 0,
    openedBy,
  };
  return [open(asked, dialog), [effect]];
}
