import type { PlanRequest, RevisionRow } from '../../../engine/api.ts';
import type { FailureInfo } from '../../../foundation/failure.ts';
import { verbOf } from '../../state/command-line.ts';
import type { Change } from '../../state/effect.ts';
import type { Dialog, State } from '../../state/model.ts';
import { nameOf, rowsById } from '../../state/select.ts';
import { type MenuDialog, type MenuItem, menu } from '../menu.ts';

/** Failures of a target whose candidates can be planned instead. */
const open = new Set(['ambiguous-walk', 'multiple-heads', 'ambiguous-target']);

/** The question for an ambiguous target; null if the failure has nothing to select. */
export function whichWay(
  state: State,
  { request, openedBy }: Dialog & { readonly request: PlanRequest },
  { code, candidates = [] }: FailureInfo,
  choose: (state: State, request: PlanRequest) => Change,
): MenuDialog | null {
  const [target, ...more] = request.targets;
  if (!open.has(code) || candidates.length === 0 || target === undefined || more.length > 0) return null;
  return menu({
    title: `${verbOf(request)} to ${target}`,
    text: `${target} is ambiguous. Which one?`,
    openedBy,
    items: candidates.map((candidate, index): MenuItem => {
      const rows = state.overview ? rowsById(state.overview) : new Map<string, RevisionRow>();
      const [id, steps] = rows.has(candidate) ? ([candidate, ''] as const) : taken(candidate);
      const row = rows.get(id);
      return {
        key: index < 9 ? String(index + 1) : undefined,
        label: nameOf(state, id),
        about: [
          ...(row?.labels ?? []),
          ...(row?.marks.includes('head') ? ['(head)'] : []),
          steps === '' ? '' : `${steps} from there`,
        ]
          .filter(Boolean)
          .join(' '),
        choose: next => choose(next, { ...request, targets: [candidate] }),
      };
    }),
  });
}

/** The revision of a candidate and the steps from it. */
function taken(candidate: string): readonly [id: string, steps: string] {
  const [, id = candidate, steps = ''] = /^(.*?)@?([+-]\d+)$/s.exec(candidate) ?? [];
  return [id, steps];
}
