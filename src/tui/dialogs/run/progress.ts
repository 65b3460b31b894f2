import { bytes } from '../../../drawing/text/bytes.ts';
import type { Line, Span } from '../../../drawing/text/span.ts';
import { sqlLines } from '../../../drawing/text/sql.ts';
import { duration } from '../../../drawing/text/time.ts';
import { type Glyphs, glyphsOf } from '../../../drawing/theme/glyphs.ts';
import type { Style } from '../../../drawing/theme/style.ts';
import type { Session } from '../../../engine/api.ts';
import { spinner } from '../../panes/spinner.ts';
import type { State } from '../../state/model.ts';
import type { Run, RunStep } from '../../state/run.ts';
import { nameOf } from '../../state/select.ts';
import { actionStyles } from '../plan/lines.ts';
import { whyNotEnded } from './blocker.ts';

const styles: Readonly<Record<Exclude<RunStep['status'], 'running'>, readonly [keyof Glyphs, Style]>> = {
  waiting: ['pending', 'dim'],
  done: ['ok', 'ok'],
  failed: ['failed', 'danger'],
  'rolled back': ['skipped', 'warning'],
  'not run': ['skipped', 'dim'],
  unknown: ['skipped', 'warning'],
};

/** Information that the glyph does not show. */
const named: readonly RunStep['status'][] = ['rolled back', 'not run', 'unknown'];

/** The progress as a bar for all steps. */
export function runHead(run: Run, state: State, columns: number): Line[] {
  const done = run.steps.filter(step => step.status === 'done').length;
  const elapsed = duration((run.endedAt ?? state.now) - run.startedAt);
  const width = Math.max(8, Math.min(40, columns - 40));
  return [
    [
      ...bar(done, run.steps.length, width, state),
      { text: `  ${done} of ${run.steps.length}`, style: 'strong' },
      { text: `  ${elapsed}`, style: 'dim' },
      {
        text:
          run.attempt > 1 && run.endedAt === null
            ? `  try ${run.attempt} of ${run.tries ?? run.attempt}`
            : '',
        style: 'warning',
      },
      {
        text: cancelText(run),
        style: 'warning',
      },
    ],
    [],
  ];
}

function cancelText({ cancel, cancelAccepted, endedAt }: Run): string {
  if (cancel === null || endedAt !== null) return '';
  if (cancel === 'rollback') return '  cancelling';
  return cancelAccepted ? '  stopping after this step' : '  stopping …';
}

function bar(done: number, total: number, width: number, state: State): Span[] {
  const glyphs = glyphsOf(state.appearance.ascii);
  const full = total === 0 ? width : Math.min(width, Math.round((done / total) * width));
  return [
    { text: glyphs.barFull.repeat(full), style: 'focus' },
    { text: glyphs.barEmpty.repeat(width - full), style: 'border' },
  ];
}

export function stepLines(run: Run, state: State): Line[] {
  const glyphs = glyphsOf(state.appearance.ascii);
  return run.steps.map(step => {
    const running = step.status === 'running' && run.endedAt === null;
    const [glyph, style]: readonly [string, Style] = running
      ? [spinner(state), 'focus']
      : step.status === 'running'
        ? [glyphs.skipped, 'dim']
        : [glyphs[styles[step.status][0]] as string, styles[step.status][1]];
    const time = running ? duration(state.now - run.stepAt) : step.ms === null ? '' : duration(step.ms);
    return [
      { text: `${glyph} `, style },
      { text: step.action.padEnd(6), style: actionStyles[step.action] },
      {
        text: nameOf(state, step.revision),
        style: step.status === 'waiting' || step.status === 'not run' ? 'dim' : 'strong',
      },
      { text: time === '' ? '' : `  ${time}`, style: 'dim' },
      { text: named.includes(step.status) ? `  ${step.status}` : '', style },
      { text: running && step.statements > 0 ? `  ${step.statements} statements` : '', style: 'dim' },
    ];
  });
}

/** Lines reserved for the current activity, so that the dialog does not jump from statement to statement. */
const watched = 8;

/** The current activity, and who blocks it. */
export function watchLines(run: Run, state: State, columns: number): Line[] {
  const lines = doing(run, state, columns);
  return [...lines, ...Array.from({ length: Math.max(0, watched - lines.length) }, (): Line => [])];
}

function doing(run: Run, state: State, columns: number): Line[] {
  const lines: Line[] = [[]];
  if (run.waiting) {
    lines.push([
      { text: `${spinner(state)} `, style: 'focus' },
      { text: 'waiting for another run to finish', style: 'warning' },
      { text: `  ${duration(state.now - run.waiting.since)}`, style: 'dim' },
    ]);
    if (run.waiting.holder) lines.push(...sessionLines(run.waiting.holder, columns));
    return lines;
  }
  if (run.backup) {
    const { bytes: written, of } = run.backup;
    lines.push([
      { text: `${spinner(state)} `, style: 'focus' },
      { text: 'backing up the database', style: 'strong' },
      {
        text: `  ${bytes(written)} written${of === null ? '' : ` (database size: ${bytes(of)})`}`,
        style: 'dim',
      },
    ]);
    return lines;
  }
  const begun = run.step !== null || run.retry !== null || run.steps.some(step => step.status !== 'waiting');
  if (!begun && run.endedAt === null) {
    const database = state.overview?.database;
    lines.push([
      { text: `${spinner(state)} `, style: 'focus' },
      {
        text:
          database?.state === 'missing' ? `creating the database ${database.name}` : 'opening the database',
        style: 'strong',
      },
    ]);
    return lines;
  }
  if (run.retry) {
    const left = Math.max(0, run.retry.at + run.retry.afterMs - state.now);
    lines.push([
      { text: `${run.retry.reason}: `, style: 'warning' },
      {
        text: `try ${run.retry.attempt} of ${run.retry.of}${left > 0 ? ` in ${duration(left)}` : ''}`,
        style: 'dim',
      },
    ]);
  }
  const statement = run.watch?.statement ?? run.statement;
  if (statement !== null) {
    const shown = sqlLines(statement).slice(0, 3);
    lines.push([{ text: `statement  ${duration(state.now - run.statementAt)}`, style: 'dim' }]);
    lines.push(...shown.map((one): Line => [{ text: '  ' }, ...one]));
  }
  const progress = run.watch?.progress;
  if (progress) {
    const percent = progress.total > 0 ? Math.floor((100 * progress.done) / progress.total) : null;
    lines.push([
      ...bar(progress.done, Math.max(1, progress.total), Math.min(30, Math.max(8, columns - 50)), state),
      { text: percent === null ? '  ' : `  ${percent} %  ` },
      { text: `${progress.command}: ${progress.phase}`, style: 'dim' },
    ]);
  }
  for (const [index, blocker] of (run.watch?.blockers ?? []).entries()) {
    const offer: Line =
      index === 0 && whyNotEnded(state) === null
        ? [{ text: '   ' }, { text: 'e', style: 'key' }, { text: ' end it' }]
        : [];
    lines.push([{ text: 'blocked by', style: 'danger' }, ...offer], ...sessionLines(blocker, columns));
  }
  return lines;
}

function sessionLines(session: Session, columns: number): Line[] {
  const who = [session.user ?? 'someone', session.application, session.host].filter(Boolean).join(' · ');
  return [
    [
      { text: '  ' },
      { text: who, style: 'strong' },
      { text: `  pid ${session.pid}, for ${duration(session.ageMs)}`, style: 'dim' },
    ],
    ...(session.query
      ? [
          [
            { text: '  ' },
            ...(sqlLines(session.query.replace(/\s+/g, ' ').slice(0, columns))[0] ?? []),
          ] as Line,
        ]
      : []),
  ];
}
