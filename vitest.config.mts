import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** `unit` mirrors src/, `golden` compares whole results with recorded truths, `vscode` drives a real VS Code. */
export default defineConfig({
  test: {
    // by default one core is left to whoever watches: of two that is half of them
    maxWorkers: availableParallelism(),
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 60_000 } },
      { test: { name: 'golden', include: ['test/golden/**/*.test.ts'], testTimeout: 180_000 } },
      {
        test: {
          name: 'vscode',
          include: ['test/vscode/**/*.test.ts'],
          globalSetup: ['test/vscode/globalSetup.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
