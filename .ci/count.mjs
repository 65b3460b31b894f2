import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/* Adds up vitest's JSON reports of a folder: "N passed, N failed". A file that could not even be loaded is one failure. */
const folder = process.argv[2];
const reports = readdirSync(folder).map(file => JSON.parse(readFileSync(join(folder, file), 'utf8')));

const sum = count => reports.reduce((total, report) => total + count(report), 0);
const passed = sum(report => report.numPassedTests);
const failed = sum(
  report =>
    report.numFailedTests +
    report.testResults.filter(file => file.status === 'failed' && file.assertionResults.length === 0).length,
);
console.log(`${passed} passed, ${failed} failed`);
if (passed === 0 || failed > 0) process.exitCode = 1;
