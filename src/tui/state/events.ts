import { duration } from '../../drawing/text/time.ts';
import { transactionNumber } from '../../drawing/text/transaction-number.ts';
import type { EngineEvent, FleetEvent, RunEvent } from '../../engine/api.ts';
import { fleetOutcomes } from '../../values/fleet-run.ts';
import type { Change, SideEffect } from './effect.ts';
import { followFleet } from './fleet.ts';
import { type LogLine, loggedAll } from './log.ts';
import type { State } from './model.ts';
import { follow } from './run.ts';
import { nameOf } from './select.ts';

/** Changes by others are read after this delay, ms: an editor or a checkout writes many files. */
export const calm = 200;
/** The engine repeats a wait event at least this often, ms; a wait that is not repeated has ended. */
const waitingTimeout = 6_000;
/** Statements in the log are shortened to this length. */
const longest = 400;

/** Events from the engine, several at a time. */
export function happened(before: State, events: readonly EngineEvent[]): Change {
  const lines: LogLine[] = [];
  const effects: SideEffect[] = [];
  let state = before;
  for (const event of events) {
    lines.push(...linesOf(state, event));
    switch (event.type) {
      case 'waiting':
        state = { ...state, waiting: { text: waitingText(event), until: state.now + waitingTimeout } };
        break;
      case 'run':
        if (state.run) state = { ...state, run: follow(state.run, event.event, state.now) };
        break;
      case 'fleet':
        if (state.fleet) state = { ...state, fleet: followFleet(state.fleet, event.event, state.now) };
        break;
      case 'task': {
        const { text, done, total } = event;
        state = { ...state, task: done >= total ? null : { text, done, total } };
        break;
      }
      case 'plan-start':
        state = { ...state, planStart: event.start };
        break;
      case 'changed': {
        const token = state.lastTicket + 1;
        state = { ...state, lastTicket: token };
        effects.push({ type: 'later', ms: calm, topic: 'refresh', token });
      }
    }
  }
  return [loggedAll(state, lines), effects];
}

/** The part of an event that goes to the log. */
function linesOf(state: State, event: EngineEvent): readonly LogLine[] {
  switch (event.type) {
    case 'log': {
      const { at, level, source, text } = event;
      return [{ at, kind: level === 'info' && source === 'project' ? 'project' : level, text }];
    }
    case 'sql': {
      const { at, ms, error } = event;
      const sql = event.sql.replace(/\s+/g, ' ').trim();
      const short = sql.length > longest ? `${sql.slice(0, longest)} …` : sql;
      const own = isBookkeeping(sql, state);
      const line: LogLine = {
        at,
        kind: own ? 'bookkeeping' : 'sql',
        text: `${short}  ${duration(ms)}`,
      };
      return error === null ? [line] : [line, { at, kind: 'error', text: error }];
    }
    case 'waiting':
      return [{ at: event.at, kind: 'warning', text: waitingText(event) }];
    case 'run':
      return state.run === null ? [] : runLines(state, event.event);
    case 'fleet':
      return fleetLines(event.event);
    default:
      return [];
  }
}

function fleetLines(event: FleetEvent): readonly LogLine[] {
  if (event.kind === 'notice') return [{ kind: 'warning', text: event.message }];
  if (event.kind !== 'finished') return [];
  const { counts, stopped } = event.result;
  const parts = fleetOutcomes.flatMap(one => (counts[one] > 0 ? [`${counts[one]} ${one}`] : []));
  const text = `fleet: ${parts.join(', ') || 'nothing to do'}${stopped ? ` · ${stopped}` : ''}`;
  return [{ kind: counts.failed > 0 ? 'error' : 'info', text }];
}

function waitingText({ for: what, where, ms }: Extract<EngineEvent, { type: 'waiting' }>): string {
  const thing = what === 'answer' ? 'an answer' : what === 'connection' ? 'the connection' : `a ${what}`;
  return `waiting for ${thing}: ${where} · ${duration(ms)}`;
}

/** The journal, marks in comments, locks, session settings, and queries to the server. */
const own =
  /\bmigtui\b|\bpg_(?:try_)?advisory_|\bpg_stat_|\bpg_catalog\b|\bset_config\(|^(?:begin|commit|rollback|savepoint|release|set)\b/i;

/** Whether a statement is one of migtui's own rather than a revision's. */
function isBookkeeping(sql: string, { overview }: State): boolean {
  const table = overview?.project.table.split('.').at(-1);
  return own.test(sql) || (table !== undefined && sql.includes(table));
}

const withoutName = (message: string, revision: string): string =>
  message.startsWith(`${revision}: `) ? message.slice(revision.length + 2) : message;

/** The part of a run that goes to the log; statements are separate events. */
function runLines(state: State, event: RunEvent): readonly LogLine[] {
  const step = 'step' in event ? state.run?.preview.steps[event.step] : undefined;
  const named = step ? `${step.action} ${nameOf(state, step.revision)}` : '';
  switch (event.kind) {
    case 'step-done':
      return step ? [{ kind: 'info', text: `${named} · ${duration(event.ms)}` }] : [];
    case 'step-failed':
      return step
        ? [{ kind: 'error', text: `${named}: ${withoutName(event.failure.message, step.revision)}` }]
        : [];
    case 'retry':
      return [{ kind: 'warning', text: `${event.reason}: try ${event.attempt} of ${event.of}` }];
    case 'notice':
      return [{ kind: 'warning', text: event.message }];
    case 'rolled-back':
      return state.run
        ? [
            {
              kind: 'warning',
              text: `transaction ${transactionNumber(state.run.preview, event.batch)} rolled back`,
            },
          ]
        : [];
    default:
      return [];
  }
}
