import { fieldOf, type TextField } from '../../drawing/text/field.ts';
import type { State } from '../state/model.ts';

/** A name completion: the typed text, and the current suggestion. */
export interface Completing {
  readonly typed: TextField;
  readonly index: number;
}

/**
 * Names of the revisions whose id or slug contains the text; heads first. If a slug is not unique, the id is
 * used.
 */
function completionsOf({ overview }: State, typed: string): readonly string[] {
  const wanted = typed.toLowerCase();
  const fitting = (overview?.revisions ?? []).filter(({ id, slug }) =>
    `${id} ${slug}`.toLowerCase().includes(wanted),
  );
  const isHead = (id: string): boolean => overview?.heads.includes(id) ?? false;
  const counts = Map.groupBy(overview?.revisions ?? [], ({ slug }) => slug);
  const isUnique = (slug: string): boolean => slug !== '' && counts.get(slug)?.length === 1;
  return [...fitting.filter(({ id }) => isHead(id)), ...fitting.filter(({ id }) => !isHead(id))].map(
    ({ slug, id }) => (isUnique(slug) ? slug : id),
  );
}

/** The field with its last word completed, or with the next suggestion; null if nothing matches. */
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

/** The start of the last word of a text; words are separated by spaces and commas. */
function lastWordAt(text: string): number {
  let at = text.length;
  while (at > 0 && !/[\s,]/.test(text[at - 1] as string)) at--;
  return at;
}
