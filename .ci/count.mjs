import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/*
 * Adds up vitest's JSON reports of a folder: each failure, each test that passed only when it was repeated, then
 * "N passed, N failed". A file that could not even be loaded is one failure.
 */
const folder = process.argv[2];
const reports = readdirSync(folder).map(file => JSON.parse(readFileSync(join(folder, file), 'utf8')));

const sum = count => reports.reduce((total, report) => total + count(report), 0);
const passed = sum(report => report.numPassedTests);
const failed = sum(
  report =>
    report.numFailedTests +
    report.testResults.filter(file => file.status === 'failed' && file.assertionResults.length === 0).length,
);
for (const file of reports.flatMap(report => report.testResults)) {
  if (file.status === 'failed' && file.assertionResults.length === 0) {
    console.log(`failed: ${relative('', file.name)}\n${file.message.slice(0, 2000)}\n`);
  }
  for (const test of file.assertionResults.filter(test => test.status === 'failed')) {
    const message = test.failureMessages.join('\n').slice(0, 2000);
    console.log(`failed: ${relative('', file.name)}: ${test.fullName}\n${message}\n`);
  }
  // Vitest keeps the errors of the attempts before the one that passed.
  for (const test of file.assertionResults) {
    if (test.status !== 'passed' || test.failureMessages.length === 0) continue;
    const message = test.failureMessages.join('\n').slice(0, 500);
    console.log(`unstable: ${relative('', file.name)}: ${test.fullName}\n${message}\n`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
if (passed === 0 || failed > 0) process.exitCode = 1;
