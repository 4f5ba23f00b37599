/**
 * `npm test`: every suite, one after another (the VS Code tests want the machine for themselves), and one line of totals at the end:
 * `N passed, N failed`, with `, N skipped` if any. Exits with 1 if anything failed, a suite that could not even start included.
 * What failed is said once more above the totals: of a long log often only the end is kept.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
const scratch = mkdtempSync(join(tmpdir(), 'stagewright-test-'));

for (const projects of [['unit', 'golden'], ['vscode']]) {
  const report = join(scratch, `${projects.join('-')}.json`);
  const started = Date.now();
  const { status } = spawnSync(process.execPath, [vitest, 'run', ...projects.flatMap((name) => ['--project', name]), '--reporter=default', '--reporter=json', `--outputFile.json=${report}`], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const counts = count(report);
  // An error outside of any test (a file that does not load, a server that does not start) is a failure too.
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  for (const key of Object.keys(total)) total[key] += counts[key];
  console.log(`${projects.join(' and ')}: ${sentence(counts)} in ${((Date.now() - started) / 1000).toFixed(0)} s\n`);
}

rmSync(scratch, { recursive: true, force: true });
for (const failure of failures) console.log(`FAILED ${failure}\n`);
console.log(sentence(total));
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

/** Tests of one report of vitest, its failures noted; a file without tests that failed (it did not load) counts as one failure. */
function count(report) {
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const broken = testResults.filter((file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'));
  for (const { name, message } of broken) note(name, 'did not load', message);
  for (const { name, assertionResults } of testResults) for (const test of assertionResults) if (test.status === 'failed') note(name, test.fullName, test.failureMessages.join('\n'));
  return { passed: numPassedTests, failed: numFailedTests + broken.length, skipped: numPendingTests + (numTodoTests ?? 0) };
}

/** The first lines suffice: the whole of it, with its stack, is in the log of the suite. */
function note(file, test, message) {
  failures.push([`${relative(root, file)}: ${test}`, ...stripVTControlCharacters(message).split('\n').slice(0, 12)].join('\n  '));
}

function sentence({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
