import original from '../../../node_modules/ink/build/squash-text-nodes.js';
import { remembered } from './remembered.ts';

/*
 * What a text of Ink says. Ours are one string each, which Ink cleans when it measures and again in every frame: the
 * answer for a string is remembered.
 */

type Node = Parameters<typeof original>[0];

const only = (text: string): Node =>
  ({ nodeName: 'ink-text', childNodes: [{ nodeName: '#text', nodeValue: text }] }) as unknown as Node;

const said = remembered((text: string): string => original(only(text)));

export default function squashTextNodes(node: Node): string {
  const { childNodes, nodeName } = node;
  const first = childNodes[0];
  return nodeName === 'ink-text' && childNodes.length === 1 && first?.nodeName === '#text'
    ? said(first.nodeValue)
    : original(node);
}
