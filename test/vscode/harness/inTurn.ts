import { afterEach, beforeEach } from 'vitest';

/**
 * For tests each of which begins where the one before it ended: once one fails, the others say so and are skipped, and what was on the screen is kept.
 *
 * @param keep takes the picture; called within a `describe`, so what it uses may come later
 */
export function inTurn(keep: () => Promise<unknown>): void {
  let failed: string | undefined;
  beforeEach((context) => context.skip(failed !== undefined, `after the failure of "${failed ?? ''}"`));
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail' || failed !== undefined) return;
    failed = task.name;
    await keep();
  });
}
