import type { Fact } from '../inventory.ts';
import { type Place, quotedName } from './names.ts';

/** Changes the type, the options and the owning column of a sequence, which keeps its value. */
export function alterSequence(at: Place, from: Fact, to: Fact): string[] {
  const alter = `alter sequence ${quotedName(at, to)}`;
  const differs = (key: string): boolean => from.is[key] !== to.is[key];
  const { is } = to;
  return [
    ...(differs('type') ? [`${alter} as ${is.type};`] : []),
    ...(differs('definition') || differs('type')
      ? [`${alter} ${sequenceReset(is.definition).join(' ')};`]
      : []),
    ...(differs('owned by') ? [`${alter} owned by ${is['owned by'] ?? 'none'};`] : []),
    ...(differs('unlogged') ? [`${alter} set ${is.unlogged ? 'unlogged' : 'logged'};`] : []),
  ];
}

/**
 * Sets every option of a sequence.
 * @param options those that are not PostgreSQL's: `start 5 increment 2 cycle`
 */
export function sequenceReset(options: string | undefined): string[] {
  const asked = options?.match(/(start|increment|minvalue|maxvalue|cache) -?\d+|cycle/g) ?? [];
  const has = (word: string): boolean => asked.some(option => option.startsWith(word));
  const descending = asked.some(option => option.startsWith('increment -'));
  const bound = asked.find(option => option.startsWith(descending ? 'maxvalue' : 'minvalue'));
  return [
    ...(has('increment') ? [] : ['increment 1']),
    ...(has('minvalue') ? [] : ['no minvalue']),
    ...(has('maxvalue') ? [] : ['no maxvalue']),
    ...(has('start') ? [] : [`start ${bound?.split(' ')[1] ?? (descending ? -1 : 1)}`]),
    ...(has('cache') ? [] : ['cache 1']),
    ...(has('cycle') ? [] : ['no cycle']),
    ...asked,
  ];
}
