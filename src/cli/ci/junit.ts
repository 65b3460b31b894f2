import type { CiReport } from './ci-report.ts';

/** The report as JUnit XML for GitLab, Jenkins and others. */
export function junit({ command, cases }: CiReport): string {
  const counted = (wanted: string): number => cases.filter(({ outcome }) => outcome === wanted).length;
  const counts = `tests="${cases.length}" failures="${counted('failed')}" errors="0" skipped="${counted('skipped')}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="migtui" ${counts}>`,
    `  <testsuite name="${xml(`migtui ${command}`)}" ${counts}>`,
    ...cases.flatMap(({ name, outcome, message, details, remarks }) => {
      const file = remarks.find(remark => remark.file !== null)?.file;
      const head = `    <testcase classname="${xml(`migtui.${command}`)}" name="${xml(name)}"${file ? ` file="${xml(file)}"` : ''}`;
      if (outcome === 'passed') return [`${head}/>`];
      const inside =
        outcome === 'skipped'
          ? `<skipped message="${xml(message)}"/>`
          : `<failure message="${xml(message)}" type="${xml(name)}">${xml(details.join('\n'))}</failure>`;
      return [`${head}>`, `      ${inside}`, '    </testcase>'];
    }),
    '  </testsuite>',
    '</testsuites>',
  ].join('\n');
}

/** Text for an attribute or an element, without characters that XML 1.0 does not allow. */
function xml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/\n/g, '&#10;');
}
