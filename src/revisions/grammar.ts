import type { Links } from './links.ts';
import { exactly } from './lookup.ts';

/** A target taken apart: `<branch>@<symbol>±<steps>`, each part optional. */
export interface TargetParts {
  /** As written, for messages. */
  readonly text: string;
  /** A label, or a revision that stands for one. */
  readonly branch: string | undefined;
  /** `head`, `heads`, `base`, `current`, a label or (a part of) a name; left out when relative to current. */
  readonly symbol: string | undefined;
  /** Signed; left out when absolute. */
  readonly steps: number | undefined;
  /** Take as many steps as there are instead of refusing: the ends of a range. */
  readonly atMost?: boolean | undefined;
}

const RELATIVE = /^(.*?)([+-]\d+)$/s;

/** Takes a target apart. A name that is there in full wins over the grammar, also after the `@`. */
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
