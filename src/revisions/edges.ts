/** Directed edges between revisions 0 … n-1, packed into two arrays: the targets of `i` are `list[start[i]] … list[start[i+1]-1]`. */
export class Edges {
  readonly start: Int32Array;
  readonly list: Int32Array;

  private constructor(start: Int32Array, list: Int32Array) {
    this.start = start;
    this.list = list;
  }

  /** Packs edges given as parallel arrays; the targets of a revision keep the order they are given in. */
  static pack(nodes: number, from: ArrayLike<number>, to: ArrayLike<number>): Edges {
    const start = new Int32Array(nodes + 1);
    for (let edge = 0; edge < from.length; edge++) start[from[edge]! + 1]!++;
    for (let node = 0; node < nodes; node++) start[node + 1]! += start[node]!;
    const next = start.slice(0, nodes);
    const list = new Int32Array(from.length);
    for (let edge = 0; edge < from.length; edge++) list[next[from[edge]!]!++] = to[edge]!;
    return new Edges(start, list);
  }

  get nodes(): number {
    return this.start.length - 1;
  }

  of(node: number): Int32Array {
    return this.list.subarray(this.start[node]!, this.start[node + 1]!);
  }

  count(node: number): number {
    return this.start[node + 1]! - this.start[node]!;
  }

  /** The same edges reversed; targets in ascending order. */
  reversed(): Edges {
    const from = new Int32Array(this.list.length);
    for (let node = 0; node < this.nodes; node++) {
      for (let edge = this.start[node]!; edge < this.start[node + 1]!; edge++) from[edge] = node;
    }
    return Edges.pack(this.nodes, this.list, from);
  }

  /** The edges for which `keep` holds. */
  filter(keep: (from: number, to: number) => boolean): Edges {
    const from: number[] = [];
    const to: number[] = [];
    for (let node = 0; node < this.nodes; node++) {
      for (const target of this.of(node)) {
        if (!keep(node, target)) continue;
        from.push(node);
        to.push(target);
      }
    }
    return Edges.pack(this.nodes, from, to);
  }

  /**
   * Everything that is reachable, including the starting points: 1 at each such index. Adds to `seen` if
   * given.
   */
  reach(from: Iterable<number>, seen: Uint8Array = new Uint8Array(this.nodes)): Uint8Array {
    const todo: number[] = [];
    for (const node of from) {
      if (seen[node]) continue;
      seen[node] = 1;
      todo.push(node);
    }
    for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
      for (let edge = this.start[node]!; edge < this.start[node + 1]!; edge++) {
        const next = this.list[edge]!;
        if (seen[next]) continue;
        seen[next] = 1;
        todo.push(next);
      }
    }
    return seen;
  }
}
