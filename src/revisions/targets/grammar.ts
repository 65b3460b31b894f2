import type { Links } from '../links.ts';
import { exactly } from './lookup.ts';

/** A parsed target: `<branch>@<symbol>±<steps>`, each part optional. */
export interface TargetParts {
  /** As typed, for messages. */
  readonly text: string;
  /** A label, or a revision in its place. */
  readonly branch: string | undefined;
  /** `head`, `heads`, `base`, `current`, a label or (a part of) a name; undefined if relative to current. */
  readonly symbol: string | undefined;
  /** Signed; undefined if absolute. */
  readonly steps: number | undefined;
  /** If there are fewer steps, take those instead of failing: for the ends of a range. */
  readonly atMost?: boolean | undefined;
}

const RELATIVE = /^(.*?)([+-]\d+)$/s;

/** Parses a target. An existing full name takes precedence over the grammar, also after the `@`. */
export function parse(links: Links, written: string): TargetParts {
  const text = written.trim();
  const plain = { text, branch: undefined, symbol: text, steps: undefined };
  if (exactly(links, text) !== undefined) return plain;
  const at = text.indexOf('@');
  const branch = at < 0 ? undefined : text.slice(0, at);
  const rest = text.slice(at + 1);
  const relative = exactly(links, rest) === undefined ? RELATIVE.exec(rest) : null;
  if (!relative) return { text, branch, symbol: rest, steps: undefined };
  return { text, branch, symbol: relative[1] || undefined, steps: Number(relative[2]) };
}
