import { bytes } from '../../drawing/text/bytes.ts';
import { duration } from '../../drawing/text/time.ts';
import type { FailureInfo, Preview, RunEvent, Session } from '../../engine/api.ts';
import { count } from '../../foundation/grouped.ts';
import type { Paint } from '../shell/paint.ts';
import { drawSql } from './detail.ts';
import { drawSteps } from './plan.ts';
import { nameOf } from './rows.ts';
import { indent } from './text.ts';

/** Interval between two lines about the same long wait, ms. */
const reportEvery = 10_000;

/** A run as lines of plain text. */
export class Progress {
  #preview: Preview;
  readonly #verbose: boolean;
  #lastWait = Number.NEGATIVE_INFINITY;
  #lastBackup = 0;
  #lastWatch = 0;
  #blockers = '';
  #step = 0;
  #committed: number[] = [];

  constructor(preview: Preview, { verbose }: { verbose: boolean }) {
    this.#preview = preview;
    this.#verbose = verbose;
  }

  /** The line of an event; empty if it is not shown. */
  line(event: RunEvent, paint: Paint): string {
    switch (event.kind) {
      case 'waiting':
        return this.#waiting(event, paint);
      case 'backup':
        return this.#backup(event, paint);
      case 'backup-done':
        return `${paint.good(paint.glyphs.ok)} backup ${event.backup.path}  ${paint.dim(`${bytes(event.backup.bytes)}, ${duration(event.backup.ms)}`)}`;
      case 'replanned':
        this.#preview = event.preview;
        this.#committed = [];
        return `${paint.warn('Another run changed the database in the meantime. Remaining steps:')}\n${drawSteps(event.preview, paint)}`;
      case 'step':
        this.#step = event.step;
        this.#lastWatch = 0;
        this.#blockers = '';
        return this.#verbose ? paint.dim(`${this.#place(event.step)} …`) : '';
      case 'statement':
        if (!this.#verbose) return '';
        return drawSql({ sql: [event.sql], complete: true, note: null, transactional: true }, paint);
      case 'batch-done':
        this.#committed.push(event.batch);
        return '';
      case 'step-done':
        return `${paint.good(paint.glyphs.ok)} ${this.#place(event.step)}  ${paint.dim(duration(event.ms))}`;
      case 'step-failed':
        return `${paint.bad(paint.glyphs.failed)} ${this.#place(event.step)}  ${paint.bad('failed')}`;
      case 'rolled-back':
        return paint.warn(`rolled back: ${this.#batch(event.batch)}`);
      case 'retry':
        return paint.warn(
          `${event.reason}; try ${event.attempt} of ${event.of} in ${duration(event.afterMs)}`,
        );
      case 'watch':
        return this.#watch(event, paint);
      case 'notice':
        return paint.warn(event.message);
      default:
        return '';
    }
  }

  /** One line at the beginning, then one at each interval. */
  #backup({ bytes: written, of }: Extract<RunEvent, { kind: 'backup' }>, paint: Paint): string {
    const now = Date.now();
    if (now - this.#lastBackup < reportEvery) return '';
    this.#lastBackup = now;
    const total = of === null ? '' : ` (database size: ${bytes(of)})`;
    return paint.dim(`backing up … ${bytes(written)} written${total}`);
  }

  /** The known state of a run that is abandoned. */
  known(): FailureInfo {
    const { steps, batches } = this.#preview;
    const done = this.#committed.flatMap(batch => batches[batch]?.steps ?? []).map(step => steps[step]);
    const names = done.map(step => nameOf(step?.revision ?? '')).join(', ');
    return {
      code: 'ended-early',
      message:
        `migtui ended before the server answered. ${done.length} of ${count(steps.length, 'step')} ` +
        `${done.length === 1 ? 'is' : 'are'} known to be done${names === '' ? '' : `: ${names}`}.`,
      next: 'The server rolls back the open transaction, unless it was already committing. Run "migtui status" to see what is applied.',
    };
  }

  #place(step: number): string {
    const { steps } = this.#preview;
    const { revision, action } = steps[step] ?? { revision: '', action: 'up' };
    const number = String(step + 1).padStart(String(steps.length).length);
    return `${number}/${steps.length} ${action} ${nameOf(revision)}`;
  }

  #batch(batch: number): string {
    const steps = this.#preview.batches[batch]?.steps ?? [];
    if (steps.length > 3) return count(steps.length, 'step');
    return steps.map(step => nameOf(this.#preview.steps[step]?.revision ?? '')).join(', ');
  }

  #waiting({ holder, waitedMs }: Extract<RunEvent, { kind: 'waiting' }>, paint: Paint): string {
    if (waitedMs - this.#lastWait < reportEvery) return '';
    this.#lastWait = waitedMs;
    const who = holder ? `: ${drawSession(holder)}` : '';
    const since = waitedMs > 0 ? ` (${duration(waitedMs)})` : '';
    return paint.warn(`waiting for another run to finish${since}${who}`);
  }

  #watch(event: Extract<RunEvent, { kind: 'watch' }>, paint: Paint): string {
    const blockers = event.blockers.map(blocker => String(blocker.pid)).join();
    const news = blockers !== this.#blockers;
    if (!news && event.elapsedMs - this.#lastWatch < reportEvery) return '';
    this.#blockers = blockers;
    this.#lastWatch = event.elapsedMs;
    const { progress } = event;
    const part =
      progress && progress.total > 0 ? ` ${Math.floor((100 * progress.done) / progress.total)} %` : '';
    const phase = progress ? `: ${progress.command.toLowerCase()}, ${progress.phase}${part}` : '';
    return [
      paint.dim(`${this.#place(this.#step)} … ${duration(event.elapsedMs)}${phase}`),
      ...event.blockers.map(blocker => indent(paint.warn(`blocked by ${drawSession(blocker)}`))),
    ].join('\n');
  }
}

/** Another session of the server: its owner and its activity. */
function drawSession({ pid, user, application, host, query, ageMs }: Session): string {
  const who = [user, host].filter(Boolean).join('@');
  const what = query ? `, ${query.replace(/\s+/g, ' ').slice(0, 80)}` : '';
  return `pid ${pid} ${who}${application ? ` (${application})` : ''}, for ${duration(ageMs)}${what}`;
}
