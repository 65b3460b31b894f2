import { emptyField } from '../../../drawing/text/field.ts';
import type { Line } from '../../../drawing/text/span.ts';
import type { Comparison, LintReport, PlanRehearsal, PlanRequest, Preview } from '../../../engine/api.ts';
import { verbOf } from '../../state/command-line.ts';
import { ask, type Change, only } from '../../state/effect.ts';
import { loadedOf } from '../../state/message.ts';
import type { Loaded, State } from '../../state/model.ts';
import { nameOf } from '../../state/select.ts';
import { open, replace } from '../../state/stack.ts';
import type { DialogType } from '../dialog.ts';
import { whichWay } from './choices.ts';
import { planCommands } from './commands.ts';
import { examiningCommands } from './examining.ts';
import { keyOfFinding } from './findings.ts';
import { planFoot, planHead, planLines, stepLine } from './lines.ts';
import { wantsBackup, wantsRehearsal } from './policy.ts';
import { type PlanDialog, whyName } from './rules.ts';

/** Requests a plan and shows it. */
export function openPlan(state: State, request: PlanRequest, openedBy: string, known?: Preview): Change {
  const [target, ...more] = request.targets;
  const compares = request.command === 'stamp' && target !== undefined && more.length === 0;
  const [comparing, comparison, compare] = compares
    ? ask(state, { call: 'compare', args: [target] })
    : ([state, 0, null] as const);
  const effects = compare === null ? [] : [compare];
  const dialog = (loaded: Loaded<Preview>): PlanDialog => ({
    kind: 'plan',
    request,
    loaded,
    compared: compares ? { is: 'loading', ticket: comparison } : null,
    cursor: 0,
    unfolded: new Set(),
    rehearsed: null,
    renewing: null,
    counting: null,
    rows: new Map(),
    backup: state.settings.backup.always,
    typed: emptyField,
    top: 0,
    openedBy,
  });
  if (known) return [open(comparing, dialog({ is: 'ready', value: known })), effects];
  const [asked, ticket, effect] = ask(comparing, { call: 'preview', args: [request] });
  return [open({ ...asked, planStart: null }, dialog({ is: 'loading', ticket })), [effect, ...effects]];
}

/** After a rehearsal: the plan is requested again if a rule requires one. */
function renewed(state: State, dialog: PlanDialog, rehearsed: PlanDialog): Change {
  const known = replace(state, dialog, rehearsed);
  if (dialog.loaded.is !== 'ready' || !wantsRehearsal(dialog.loaded.value)) return only(known);
  const [asked, ticket, effect] = ask(known, { call: 'preview', args: [dialog.request] });
  return [replace(asked, rehearsed, { ...rehearsed, renewing: ticket }), [effect]];
}

function counted(dialog: PlanDialog, counting: Loaded<LintReport>): PlanDialog {
  if (counting.is !== 'ready') return { ...dialog, counting };
  const answers = counting.value.findings.flatMap(finding =>
    finding.inTheWay ? [[keyOfFinding(finding), finding.inTheWay] as const] : [],
  );
  return { ...dialog, counting, rows: new Map(answers) };
}

export const planType: DialogType<PlanDialog> = {
  kind: 'plan',
  commands: [...planCommands, ...examiningCommands],
  scopes: () => ['plan', 'scrolling'],
  title({ request, loaded }, state) {
    if (request.past) {
      const run = loaded.is === 'ready' ? loaded.value.request.past?.run?.slice(0, 8) : undefined;
      return `${verbOf(request)} the ${run ? `run ${run}` : 'last run'}`;
    }
    const targets = request.targets.map(target => nameOf(state, target)).join(', ');
    return request.halfWay ? `Remove partial changes of ${targets}` : `${verbOf(request)} to ${targets}`;
  },
  tone: dialog => (whyName(dialog) === null ? undefined : 'danger'),
  width: () => 108,
  head: (dialog, state, columns) => planHead(dialog, state, columns),
  body: (dialog, state, columns): readonly Line[] => planLines(dialog, state, columns),
  foot: planFoot,
  showsEsc: dialog => whyName(dialog) === null,
  scrollsFreely: true,
  selected: (dialog, state, columns) =>
    dialog.loaded.is === 'ready' && dialog.loaded.value.steps.length > 0
      ? stepLine(dialog, dialog.loaded.value, state, columns)
      : null,
  field: dialog =>
    dialog.loaded.is === 'ready' && dialog.loaded.value.steps.length > 0 && whyName(dialog) !== null
      ? dialog.typed
      : null,
  typed: (dialog, field, state) => only(replace(state, dialog, { ...dialog, typed: field })),
  answered(dialog, { ticket, outcome }, state) {
    if (dialog.compared?.is === 'loading' && dialog.compared.ticket === ticket) {
      return only(replace(state, dialog, { ...dialog, compared: loadedOf<Comparison>(outcome) }));
    }
    if (dialog.rehearsed?.is === 'loading' && dialog.rehearsed.ticket === ticket)
      return renewed(state, dialog, { ...dialog, rehearsed: loadedOf<PlanRehearsal>(outcome) });
    if (dialog.renewing === ticket) {
      const again = loadedOf<Preview>(outcome);
      const loaded = again.is === 'ready' ? again : dialog.loaded;
      return only(replace(state, dialog, { ...dialog, renewing: null, loaded }));
    }
    if (dialog.counting?.is === 'loading' && dialog.counting.ticket === ticket)
      return only(replace(state, dialog, counted(dialog, loadedOf<LintReport>(outcome))));
    if (dialog.loaded.is !== 'loading' || dialog.loaded.ticket !== ticket) return null;
    const loaded = loadedOf<Preview>(outcome);
    const menu =
      loaded.is === 'failed'
        ? whichWay(state, dialog, loaded.failure, (next, request) => openPlan(next, request, 'enter'))
        : null;
    const backup = dialog.backup || (loaded.is === 'ready' && wantsBackup(loaded.value));
    return only(replace(state, dialog, menu ?? { ...dialog, loaded, backup }));
  },
};
