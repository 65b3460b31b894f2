import { failureLines } from '../../../drawing/text/failure.ts';
import { line } from '../../../drawing/text/span.ts';
import type { RevisionDetail } from '../../../engine/api.ts';
import type { Loaded, State } from '../../state/model.ts';
import { type Content, contentOf } from './tab.ts';

/** The content of a loaded value, or a placeholder while it is loading or failed. */
export function whenLoaded<T>(
  loaded: Loaded<T> | null | undefined,
  columns: number,
  make: (value: T) => Content,
  waiting = 'loading',
): Content {
  if (!loaded) return contentOf([]);
  if (loaded.is === 'loading') return contentOf([line(`${waiting} …`, 'dim')]);
  return loaded.is === 'failed' ? contentOf(failureLines(loaded.failure, columns)) : make(loaded.value);
}

export const detailOf = (state: State, revision: string): Loaded<RevisionDetail> | undefined =>
  state.details.get(revision);
