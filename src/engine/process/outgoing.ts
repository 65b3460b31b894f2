import { Failure, type FailureInfo } from '../../foundation/failure.ts';
import { grouped } from '../../foundation/grouped.ts';
import { textsOnOneLine } from '../../foundation/names-with-lines.ts';
import { redact, redactor } from '../../foundation/secrets/redactor.ts';
import type { Project } from '../../project/project.ts';
import type { EngineApi, EngineEvent, RunEvent } from '../api.ts';
import { asFailure } from '../failures.ts';

/*
 * All output of the engine passes through here: results, failures and events, all without passwords, and with
 * names on one line.
 */

/** Results that must not be changed: scripts run elsewhere. */
const exact: ReadonlySet<string> = new Set(['script']);

/** Maximum number of characters of a statement in an event; the rest is counted. */
const shownStatement = 20_000;
/** Longer than any form of a password, so that none is split before it is masked. */
const margin = 2_000;

/** Number of masked results that are remembered because they may be sent back. */
const remembered = 20;

/** The engine's methods for external callers: all thrown errors are failures with their final message. */
export function outgoing(api: EngineApi, project?: Project): EngineApi {
  const answers = new Answers();
  const methods = Object.entries(api) as [string, (...args: unknown[]) => Promise<unknown>][];
  return Object.fromEntries(
    methods.map(([name, method]) => [
      name,
      async (...args: unknown[]) => {
        try {
          const answer = await method(...args.map(arg => answers.original(arg)));
          return exact.has(name) ? answer : answers.masked(answer);
        } catch (error) {
          const { info, cause } = asFailure(error, project);
          throw new Failure(outgoingValue<FailureInfo>(info), { cause });
        }
      },
    ]),
  ) as unknown as EngineApi;
}

const outgoingValue = <T>(value: T): T => textsOnOneLine(redactor.redactAll(value));

/** An event without passwords, and with long statements shortened. */
export function outgoingEvent(event: EngineEvent): EngineEvent {
  if (event.type === 'sql')
    return { ...event, sql: shown(event.sql), error: event.error && shown(event.error) };
  if (event.type !== 'run') return outgoingValue(event);
  return { ...event, event: outgoingRunEvent(event.event) };
}

function outgoingRunEvent(event: RunEvent): RunEvent {
  if (event.kind === 'statement') return { ...event, sql: shown(event.sql) };
  if (event.kind === 'watch')
    return outgoingValue({ ...event, statement: event.statement && shown(event.statement) });
  return outgoingValue(event);
}

function shown(text: string): string {
  if (text.length <= shownStatement + margin) return redact(text);
  const head = redact(text.slice(0, shownStatement + margin)).slice(0, shownStatement);
  return `${head}… (${grouped(text.length - shownStatement)} characters more)`;
}

/**
 * Drafts and plans are sent back to be written and run: the originals are then used, not the masked versions.
 */
class Answers {
  readonly #originals = new Map<string, unknown>();

  masked<T>(answer: T): T {
    const masked = outgoingValue(answer);
    if (masked !== answer) {
      this.#originals.set(JSON.stringify(masked), answer);
      if (this.#originals.size > remembered) {
        this.#originals.delete(this.#originals.keys().next().value as string);
      }
    }
    return masked;
  }

  original(arg: unknown): unknown {
    if (this.#originals.size === 0 || typeof arg !== 'object' || arg === null) return arg;
    return this.#originals.get(JSON.stringify(arg)) ?? arg;
  }
}
