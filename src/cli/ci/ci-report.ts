import type { CheckReport, Finding, LintReport, Overview, Severity, TestReport } from '../../engine/api.ts';

/** A message at a location in the sources. */
export interface Remark {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
  /** Relative to the project. */
  readonly file: string | null;
  /** 1-based. */
  readonly line: number | null;
}

/** One case of a report. */
export interface Case {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly message: string;
  readonly details: readonly string[];
  readonly remarks: readonly Remark[];
}

/** The result of a command, for the formats of CI systems. */
export interface CiReport {
  /** `check`, `lint`, `test`. */
  readonly command: string;
  readonly cases: readonly Case[];
  readonly findings: readonly Finding[];
}

const levels: Record<Severity, Remark['level']> = { danger: 'error', warning: 'warning', note: 'notice' };

/**
 * The cases are the kinds that were checked.
 * @param required what could not be checked is a failure
 */
export function ofCheck(report: CheckReport, overview: Overview | null, required: boolean): CiReport {
  const failed = report.findings.map(({ kind, message, next, revisions, sql, effects }): Case => {
    const remark = (file: string | null): Remark => ({
      level: 'error',
      title: kind,
      message: [message, next].filter(Boolean).join(' '),
      file,
      line: file === null ? null : 1,
    });
    const files = filesOf(revisions, overview);
    return {
      name: kind,
      outcome: 'failed',
      message,
      details: [...revisions, ...effects.map(({ sign, words }) => `${sign} ${words}`), ...sql],
      remarks: files.length > 0 ? files.map(remark) : [remark(null)],
    };
  });
  const agreed = report.agreed.map(
    (kind): Case => ({ name: kind, outcome: 'passed', message: 'in order', details: [], remarks: [] }),
  );
  const skipped = report.skipped.map(({ kind, why }): Case => {
    const name = kind;
    if (!required) return { name, outcome: 'skipped', message: why, details: [], remarks: [] };
    const message = `not checked: ${why}`;
    const remark: Remark = { level: 'error', title: kind, message, file: null, line: null };
    return { name, outcome: 'failed', message, details: [], remarks: [remark] };
  });
  return { command: 'check', cases: [...failed, ...agreed, ...skipped], findings: [] };
}

/** The cases are the revisions that were linted. */
export function ofLint({ findings, judged }: LintReport, isBad: (finding: Finding) => boolean): CiReport {
  const cases = judged.map((id): Case => {
    const own = findings.filter(({ revision }) => revision === id);
    const bad = own.filter(isBad);
    return {
      name: id,
      outcome: bad.length > 0 ? 'failed' : 'passed',
      message: bad.length > 0 ? `${bad.length} ${bad.length === 1 ? 'finding' : 'findings'}` : 'no findings',
      details: bad.map(({ action, rule, message }) => `${action}: ${rule}: ${message}`),
      remarks: own.filter(({ accepted }) => accepted === undefined).map(remarkOf),
    };
  });
  return { command: 'lint', cases, findings };
}

function remarkOf({ severity, rule, message, remedy, place }: Finding): Remark {
  return {
    level: levels[severity],
    title: rule,
    message: [message, remedy && `Instead: ${remedy}`].filter(Boolean).join(' '),
    file: place.file,
    line: place.line,
  };
}

/** The cases are the tests. */
export function ofTest({ tests }: TestReport, overview: Overview | null): CiReport {
  const cases = tests.map(({ name, outcome, message, details, next }): Case => {
    const remarks =
      outcome !== 'failed'
        ? []
        : (details.length > 0 ? details : ['']).map((detail): Remark => {
            const place = placeIn(`${message} ${detail}`, overview);
            return {
              level: 'error',
              title: name,
              message: [detail === '' ? message : `${message}: ${detail}`, next].filter(Boolean).join(' '),
              ...place,
            };
          });
    return { name, outcome, message, details: [...details, ...(next ? [next] : [])], remarks };
  });
  return { command: 'test', cases, findings: [] };
}

/** The file named in a text, or that of the revision named in it. */
function placeIn(text: string, overview: Overview | null): Pick<Remark, 'file' | 'line'> {
  const named = /(?:^|\s)([^\s:]+\.[cm]?[jt]s)(?::(\d+))?:/.exec(text);
  if (named) return { file: named[1] ?? null, line: named[2] === undefined ? 1 : Number(named[2]) };
  const file = overview?.revisions.find(({ id }) => text.includes(id))?.file ?? null;
  return { file, line: file === null ? null : 1 };
}

function filesOf(ids: readonly string[], overview: Overview | null): string[] {
  return ids.flatMap(id => overview?.revisions.find(row => row.id === id)?.file ?? []);
}
