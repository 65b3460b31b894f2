/** The part of ESTree that is used here. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** The members of the class whose body begins at a position; null if there is none. */
export function classBodyAt(root: Node, start: number): readonly Node[] | null {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const at = open.pop();
    if (typeof at !== 'object' || at === null) continue;
    const node = at as Node;
    if (node.type === 'ClassBody' && node.start === start) return node.body as Node[];
    open.push(...Object.values(at));
  }
  return null;
}
