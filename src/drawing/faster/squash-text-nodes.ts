import original from '../../../node_modules/ink/build/squash-text-nodes.js';
import { remembered } from './remembered.ts';

/*
 * The text of an Ink node. Nodes of this app contain one string each, which Ink sanitizes when it measures and again in
 * every frame, so the result for each string is cached.
 */

type Node = Parameters<typeof original>[0];

const only = (text: string): Node =>
  ({ nodeName: 'ink-text', childNodes: [{ nodeName: '#text', nodeValue: text }] }) as unknown as Node;

const cleaned = remembered((text: string): string => original(only(text)));

export default function squashTextNodes(node: Node): string {
  const { childNodes, nodeName } = node;
  const first = childNodes[0];
  return nodeName === 'ink-text' && childNodes.length === 1 && first?.nodeName === '#text'
    ? cleaned(first.nodeValue)
    : original(node);
}
