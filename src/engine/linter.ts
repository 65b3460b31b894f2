import type { Catalog } from '../database/catalog.ts';
import { ledgerTable } from '../database/ledger.ts';
import { settingsOf } from '../database/run/context.ts';
import { Failure } from '../foundation/failure.ts';
import { Linter } from '../lint/lint.ts';
import { rules } from '../lint/rules/all.ts';
import { Schema } from '../lint/schema.ts';
import { anyServer } from '../lint/server.ts';
import { loadParser } from '../safety/parse.ts';
import type { Severity } from './api.ts';
import type { Session } from './session.ts';

/**
 * A linter with the project's settings.
 * @param fromLive starts with the live schema; otherwise with none, and only the sizes are the live ones
 * @throws Failure `unknown-rule`
 */
export async function newLinter(session: Session, live: Catalog | null, fromLive: boolean): Promise<Linter> {
  await loadParser();
  const { project, options } = session;
  const schema = new Schema(ledgerTable(project).schema);
  const linter = new Linter(schema, {
    server: live ? { version: live.version, utc: live.utc } : anyServer,
    lockTimeout: settingsOf({ lockTimeout: options.lockTimeout }).lockTimeout > 0,
    levels: levelsOf(options.lint?.rules),
  });
  if (live) schema.sizes = live.sizes;
  if (live && fromLive) {
    linter.replay({
      revision: '',
      action: 'up',
      sql: live.sql,
      complete: true,
      note: null,
      transactional: true,
      source: null,
      file: null,
    });
    linter.endTransaction();
    linter.markInUse();
    schema.invalidate(new Set(live.invalid));
    schema.complete = true;
    schema.everywhere = live.everywhere;
    // Its own statements are descriptions.
    schema.certain = true;
  }
  return linter;
}

/** @throws Failure `unknown-rule` */
function levelsOf(levels: Readonly<Record<string, Severity | 'off'>> = {}): typeof levels {
  const unknown = Object.keys(levels).find(rule => !Object.hasOwn(rules, rule));
  if (unknown === undefined) return levels;
  throw new Failure({
    code: 'unknown-rule',
    message: `The setting "lint.rules" names a rule that does not exist: ${unknown}.`,
    next: 'node_modules/migtui/docs/safety.md has every rule.',
    candidates: Object.keys(rules),
  });
}
