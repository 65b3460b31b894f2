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
  /** Rules whose message is shown elsewhere: only the rule's id stands in its place. */
  readonly withoutMessage?: (rule: string) => boolean;
}

/** Dangers first, then warnings, then notes; in their original order within a severity. */
export const bySeverity = (findings: readonly Finding[]): readonly Finding[] =>
  order.flatMap(severity => findings.filter(one => one.severity === severity));

/** `2 dangers, 1 warning, 4 notes`, each in its colour; empty without findings. */
export function findingCounts(findings: readonly Finding[]): Line {
  const parts = order.flatMap((severity): Span[] => {
    const count = findings.filter(one => one.severity === severity).length;
    return count === 0
      ? []
      : [{ text: `${count} ${severity}${count === 1 ? '' : 's'}`, style: styles[severity] }];
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
    ...indented(measuredWords(finding), inside, 'strong'),
    ...(inTheWay ? rowsLines(inTheWay, inside) : []),
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

/** `messages (about 1,204,331 rows, 340 MB): SHARE lock, blocks writes, reads the whole table`. */
function detailsOf({ table, lock, blocks, rows, bytes: size, rewrites, scans }: Finding): string {
  if (table === null) return '';
  const sizes = [
    rows === null ? '' : `about ${Math.round(rows).toLocaleString('en-US')} rows`,
    size === null ? '' : bytes(size),
  ].filter(Boolean);
  const does = [
    lock === null ? '' : `${lock} lock`,
    blocks.length > 0 ? `blocks ${blocks.join(' and ')}` : '',
    rewrites ? 'rewrites the table' : scans ? 'reads the whole table' : '',
  ].filter(Boolean);
  if (sizes.length + does.length === 0) return '';
  const named = sizes.length > 0 ? `${table} (${sizes.join(', ')})` : table;
  return does.length > 0 ? `${named}: ${does.join(', ')}` : named;
}

/** The measured effect of the step on the table, on a copy of the database. */
const measuredWords = ({ measured }: Finding): string =>
  measured
    ? `measured on a copy: ${measured.lock} for ${duration(measured.ms)}${measured.rewritten ? ', table rewritten' : ''}`
    : '';

/** The number of rows on which a statement would fail, and the first of them. */
function rowsLines({ count, examples, failure }: RowsInTheWay, columns: number): Line[] {
  if (failure !== null) return indented(`rows in the way: not counted: ${failure}`, columns, 'warning');
  if (count === 0) return [line('  no rows in the way', 'ok')];
  const [rows, are] = count === 1 ? ['1 row', 'is'] : [`${(count ?? 0).toLocaleString('en-US')} rows`, 'are'];
  return [
    line(`  ${rows} ${are} in the way${examples.length > 0 ? ':' : ''}`, 'danger'),
    ...examples.flatMap(example => indented(`  ${example}`, columns, 'strong')),
  ];
}
