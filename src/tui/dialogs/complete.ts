import { fieldOf, type TextField } from '../../drawing/text/field.ts';
import type { State } from '../state/model.ts';

/** A name that is being completed: what was typed of it, and which of its completions stands there. */
export interface Completing {
  readonly typed: TextField;
  readonly index: number;
}

/** Names of the revisions whose id or words contain what was typed; heads first. Words that are not unique give the id. */
function completionsOf({ look }: State, typed: string): readonly string[] {
  const wanted = typed.toLowerCase();
  const fitting = (look?.revisions ?? []).filter(({ id, slug }) =>
    `${id} ${slug}`.toLowerCase().includes(wanted),
  );
  const isHead = (id: string): boolean => look?.heads.includes(id) ?? false;
  const counts = Map.groupBy(look?.revisions ?? [], ({ slug }) => slug);
  const isUnique = (slug: string): boolean => slug !== '' && counts.get(slug)?.length === 1;
  return [...fitting.filter(({ id }) => isHead(id)), ...fitting.filter(({ id }) => !isHead(id))].map(
    ({ slug, id }) => (isUnique(slug) ? slug : id),
  );
}

/** The field with its last word completed, or with the next completion; null where nothing fits. */
export function nextCompletion(
  state: State,
  field: TextField,
  completing: Completing | null,
): { readonly field: TextField; readonly completing: Completing } | null {
  const typed = completing?.typed ?? field;
  const start = lastWordAt(typed.text);
  const [before, word] = [typed.text.slice(0, start), typed.text.slice(start)];
  const names = completionsOf(state, word);
  const index = completing === null ? 0 : (completing.index + 1) % Math.max(1, names.length);
  const name = names[index];
  return name === undefined ? null : { field: fieldOf(before + name), completing: { typed, index } };
}

/** Where the last word of a text begins; words are separated by spaces and commas. */
function lastWordAt(text: string): number {
  let at = text.length;
  while (at > 0 && !/[\s,]/.test(text[at - 1] as string)) at--;
  return at;
}
