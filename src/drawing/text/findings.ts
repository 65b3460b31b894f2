import { count, grouped } from '../../foundation/grouped.ts';
import type { Finding, RowsInTheWay, Severity } from '../../values/findings.ts';
import { glyphsOf } from '../theme/glyphs.ts';
import type { Style } from '../theme/style.ts';
import { bytes } from './bytes.ts';
import { type Line, line, type Span } from './span.ts';
import { duration } from './time.ts';
import { wrap } from './wrap.ts';

const order: readonly Severity[] = ['danger', 'warning', 'note'];

const styles: Readonly<Record<Severity, Style>> = { danger: 'danger', warning: 'warning', note: 'dim' };

/** Options for drawing findings. */
export interface FindingView {
  readonly columns: number;
  readonly ascii: boolean;
  /** With the remedy and the rule's id. */
  readonly whole: boolean;
  /** Rules whose message is shown elsewhere: only the rule's id is shown. */
  readonly withoutMessage?: (rule: string) => boolean;
}

/** Rules of statements that fail regardless of the rows. */
const fails = new Set([
  'cannot-run',
  'concurrent-in-transaction',
  'ends-transaction',
  'enum-value-used',
  'newer-server',
  'refresh-needs-unique-index',
]);

/** What follows from another finding comes after it. */
const rank = ({ rule }: Finding): number => (fails.has(rule) ? 0 : rule === 'lock-held' ? 2 : 1);

/**
 * Dangers first, then warnings, then notes. Within a severity: what fails in any case, then the others in their original
 * order, then the locks that last as long as another statement.
 */
export const bySeverity = (findings: readonly Finding[]): readonly Finding[] =>
  order.flatMap(severity =>
    findings.filter(one => one.severity === severity).toSorted((a, b) => rank(a) - rank(b)),
  );

/** `2 dangers, 1 warning, 4 notes`, each in its colour; empty without findings. */
export function findingCounts(findings: readonly Finding[]): Line {
  const parts = order.flatMap((severity): Span[] => {
    const number = findings.filter(one => one.severity === severity).length;
    return number === 0
      ? []
      : [{ text: `${number} ${severity}${number === 1 ? '' : 's'}`, style: styles[severity] }];
  });
  return parts.flatMap((part, index) => (index === 0 ? [part] : [{ text: ', ', style: 'dim' }, part]));
}

/** A finding's message, its table and lock, the rows on which it would fail, and the remedy. */
export function findingLines(finding: Finding, view: FindingView): Line[] {
  const { columns, whole } = view;
  const { severity, rule, message, remedy, accepted, inTheWay } = finding;
  const sign = signOf(severity, view);
  const inside = Math.max(10, columns - 2);
  const text = view.withoutMessage?.(rule) ? rule : whole ? `${message} (${rule})` : message;
  return [
    ...wrap(text, inside).map(
      (text, index): Line => [
        { text: index === 0 ? `${sign} ` : '  ', style: styles[severity] },
        { text, style: severity === 'note' ? undefined : styles[severity] },
      ],
    ),
    ...indented(detailsOf(finding), inside, 'dim'),
    ...indented(measuredText(finding), inside, 'strong'),
    ...(inTheWay ? rowsLines(rule, inTheWay, inside) : []),
    ...(accepted === undefined ? [] : indented(`accepted: ${accepted}`, inside, 'dim')),
    ...(whole && remedy !== '' && accepted === undefined
      ? indented(`Instead: ${remedy}`, inside, 'accent')
      : []),
  ];
}

const signOf = (severity: Severity, { ascii }: FindingView): string => {
  const glyphs = glyphsOf(ascii);
  return severity === 'danger' ? glyphs.failed : severity === 'warning' ? '!' : glyphs.separator;
};

const indented = (text: string, columns: number, style: Style): Line[] =>
  text === '' ? [] : wrap(text, columns).map(one => line(`  ${one}`, style));

/** Whether its table is one that the revision itself creates. */
export const isOnNewTable = ({ rows, bytes }: Finding): boolean => rows === 0 && bytes === 0;

/** `messages (about 1,204,331 rows, 340 MB): SHARE lock, blocks writes, reads the whole table`. */
function detailsOf(finding: Finding): string {
  const { table, lock, blocks, rows, bytes: size, rewrites, scans } = finding;
  if (table === null) return '';
  const sizes = [
    rows === null ? '' : `about ${grouped(Math.round(rows))} rows`,
    size === null ? '' : bytes(size),
  ].filter(Boolean);
  const does = [
    lock === null ? '' : `${lock} lock`,
    blocks.length > 0 ? `blocks ${blocks.join(' and ')}` : '',
    rewrites ? 'rewrites the table' : scans ? 'reads the whole table' : '',
  ].filter(Boolean);
  if (does.length === 0 && (isOnNewTable(finding) || sizes.length === 0)) return '';
  const named = sizes.length > 0 ? `${table} (${sizes.join(', ')})` : table;
  return does.length > 0 ? `${named}: ${does.join(', ')}` : named;
}

/** The measured effect of the step on the table, on a copy of the database. */
const measuredText = ({ measured }: Finding): string =>
  measured
    ? `measured on a copy: ${measured.lock} for ${duration(measured.ms)}${measured.rewritten ? ', table rewritten' : ''}`
    : '';

/** Whether the counted rows are those that the statement removes, and not those on which it would fail. */
export const isLoss = (rule: string): boolean =>
  /^(?:drop-(?:table|column|schema)|truncate|delete-)/.test(rule);

/** How many rows are lost, or make a statement fail. */
export function rowsText(rule: string, { count: counted, failure }: RowsInTheWay): string {
  const lost = isLoss(rule);
  if (failure !== null)
    return `rows that ${lost ? 'are lost' : 'would make it fail'}: not counted: ${failure}`;
  const n = counted ?? 0;
  if (n === 0) return lost ? 'no row is lost' : 'no row would make it fail';
  const many = count(n, 'row');
  if (rule === 'drop-column') return `${many} ${n === 1 ? 'has' : 'have'} a value`;
  if (lost) return `${many} ${n === 1 ? 'is' : 'are'} lost`;
  // Counted are the values, not the rows that have them.
  if (/^(?:unique|index)-/.test(rule))
    return `${n === 1 ? '1 value occurs' : `${grouped(n)} values occur`} more than once: it would fail`;
  return `${many} would make it fail`;
}

/** The rows that are lost or make a statement fail, and the first of them. */
function rowsLines(rule: string, rows: RowsInTheWay, columns: number): Line[] {
  const result = rowsText(rule, rows);
  if (rows.failure !== null) return indented(result, columns, 'warning');
  if (rows.count === 0) return [line(`  ${result}`, 'ok')];
  return [
    ...indented(`${result}${rows.examples.length > 0 ? ':' : ''}`, columns, 'danger'),
    ...rows.examples.flatMap(example => indented(`  ${example}`, columns, 'strong')),
  ];
}
