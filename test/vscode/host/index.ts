import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** What became of one mocha test inside the extension host. */
export interface HostTestResult {
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly error?: string;
}

/** Loads the suites, which register themselves with the mocha that is current; the bundle's entry point fills it in. */
export type LoadSuites = () => void;

/** Runs the suites in the extension host that calls this and writes each test's result to `resultsFile`. */
export function runSuites(loadSuites: LoadSuites, resultsFile: string): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter: 'min' });
  mocha.suite.emit('pre-require', globalThis, 'suites', mocha);
  loadSuites();
  const results: HostTestResult[] = [];
  return new Promise((done) => {
    const runner = mocha.run(() => {
      writeFileSync(resultsFile, JSON.stringify(results));
      done();
    });
    runner.on('pass', (test) => results.push({ title: test.fullTitle(), state: 'passed' }));
    runner.on('pending', (test) => results.push({ title: test.fullTitle(), state: 'skipped' }));
    // Also a hook that fails, which would otherwise only be missed.
    runner.on('fail', (test, error: Error) => results.push({ title: test.fullTitle(), state: 'failed', error: error.stack ?? error.message }));
  });
}
