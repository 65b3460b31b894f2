import { duration } from '../../drawing/text/time.ts';
import type { EngineEvent, RunEvent } from '../../engine/api.ts';
import { type Change, only } from './effect.ts';
import { logged } from './log.ts';
import type { State } from './model.ts';
import { follow } from './run.ts';
import { nameOf } from './select.ts';

/** What changed under us is looked at after this pause, ms: an editor or a checkout writes many files. */
export const calm = 200;
/** A statement in the log is shortened to this. */
const longest = 400;

/** The engine tells something. */
export function happened(state: State, event: EngineEvent): Change {
  switch (event.type) {
    case 'log':
      return only(
        logged(
          state,
          event.level !== 'info' ? event.level : event.source === 'project' ? 'project' : 'info',
          event.text,
          event.at,
        ),
      );
    case 'sql': {
      const sql = event.sql.replace(/\s+/g, ' ').trim();
      const short = sql.length > longest ? `${sql.slice(0, longest)} …` : sql;
      const said = logged(state, 'sql', `${short}  ${duration(event.ms)}`, event.at);
      return only(event.error === null ? said : logged(said, 'error', event.error, event.at));
    }
    case 'run':
      return only(
        state.run === null
          ? state
          : { ...told(state, event.event), run: follow(state.run, event.event, state.now) },
      );
    case 'task':
      return only({
        ...state,
        task: event.done >= event.total ? null : { text: event.text, done: event.done, total: event.total },
      });
    case 'changed': {
      const token = state.lastTicket + 1;
      return [{ ...state, lastTicket: token }, [{ type: 'later', ms: calm, topic: 'refresh', token }]];
    }
  }
}

/** What of a run belongs into the log; the statements come by themselves. */
function told(state: State, event: RunEvent): State {
  const step = 'step' in event ? state.run?.preview.steps[event.step] : undefined;
  switch (event.kind) {
    case 'step-done':
      return step
        ? logged(state, 'info', `${step.action} ${nameOf(state, step.revision)} · ${duration(event.ms)}`)
        : state;
    case 'step-failed':
      return step
        ? logged(state, 'error', `${step.action} ${nameOf(state, step.revision)}: ${event.failure.message}`)
        : state;
    case 'retry':
      return logged(state, 'warning', `${event.reason}: try ${event.attempt} of ${event.of}`);
    case 'notice':
      return logged(state, 'warning', event.message);
    case 'rolled-back':
      return logged(state, 'warning', `transaction ${event.batch + 1} rolled back`);
    default:
      return state;
  }
}
