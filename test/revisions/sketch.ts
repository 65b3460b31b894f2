import { RevisionGraph } from '../../src/revisions/graph.ts';
import type { RevisionInput } from '../../src/revisions/links.ts';
import { type TargetCode, TargetError } from '../../src/revisions/targets/target-error.ts';

/**
 * Revisions in a short notation, one per line: `d: b c ~ x [chat]` is d, which revises b and c, depends on x
 * and declares the label chat. Everything after the name is optional.
 */
export function revisions(text: string): RevisionInput[] {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
    .map(line => {
      const words = (part: string | undefined): string[] =>
        part?.split(' ').filter(word => word !== '') ?? [];
      const [, id = '', revises, dependsOn, labels] =
        /^([^:~[\s]+)\s*(?::([^~[]*))?(?:~([^[]*))?(?:\[(.*)\])?$/.exec(line) ?? [];
      return { id, revises: words(revises), dependsOn: words(dependsOn), labels: words(labels) };
    });
}

/** The graph of such lines. */
export function sketch(text: string): RevisionGraph {
  return RevisionGraph.from(revisions(text));
}

/** The error that a call throws. */
export function refusal(question: () => unknown): TargetError {
  try {
    question();
  } catch (error) {
    if (error instanceof TargetError) return error;
    throw error;
  }
  throw new Error('it was answered');
}

/** Only its code. */
export function codeOf(question: () => unknown): TargetCode {
  return refusal(question).code;
}
