import type { Edges } from './edges.ts';
import { IntHeap } from './heap.ts';

/**
 * Sorts the `members` (1 at each; default: all): requirements of a revision come before it, ties sorted by
 * name. Revisions in a cycle and their descendants are left out.
 */
export function topological(needs: Edges, neededBy: Edges, members?: Uint8Array): Int32Array {
  const nodes = needs.nodes;
  const waiting = new Int32Array(nodes);
  const ready = new IntHeap();
  let count = 0;
  for (let node = 0; node < nodes; node++) {
    if (members && !members[node]) continue;
    count++;
    let open = 0;
    for (let edge = needs.start[node]!; edge < needs.start[node + 1]!; edge++) {
      if (!members || members[needs.list[edge]!]) open++;
    }
    waiting[node] = open;
    if (open === 0) ready.push(node);
  }
  const order = new Int32Array(count);
  let placed = 0;
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    order[placed++] = node;
    for (let edge = neededBy.start[node]!; edge < neededBy.start[node + 1]!; edge++) {
      const child = neededBy.list[edge]!;
      if (members && !members[child]) continue;
      if (--waiting[child]! === 0) ready.push(child);
    }
  }
  return order.subarray(0, placed);
}

/** The cycles: groups of revisions that all lead to each other, each group ascending (Tarjan's algorithm without recursion). */
export function cycles(edges: Edges): number[][] {
  const found: number[][] = [];
  const seenAt = new Int32Array(edges.nodes).fill(-1);
  const lowest = new Int32Array(edges.nodes);
  const onStack = new Uint8Array(edges.nodes);
  const stack: number[] = [];
  const next = edges.start.slice();
  let clock = 0;
  for (let root = 0; root < edges.nodes; root++) {
    if (seenAt[root] !== -1) continue;
    const path = [root];
    while (path.length > 0) {
      const node = path[path.length - 1]!;
      if (seenAt[node] === -1) {
        seenAt[node] = clock;
        lowest[node] = clock++;
        onStack[node] = 1;
        stack.push(node);
      }
      if (next[node]! < edges.start[node + 1]!) {
        const target = edges.list[next[node]!++]!;
        if (seenAt[target] === -1) path.push(target);
        else if (onStack[target]) lowest[node] = Math.min(lowest[node]!, seenAt[target]!);
        continue;
      }
      path.pop();
      const parent = path[path.length - 1];
      if (parent !== undefined) lowest[parent] = Math.min(lowest[parent]!, lowest[node]!);
      if (lowest[node] !== seenAt[node]) continue;
      const group = stack.splice(stack.lastIndexOf(node));
      for (const member of group) onStack[member] = 0;
      if (group.length > 1) found.push(group.sort((a, b) => a - b));
    }
  }
  return found;
}
