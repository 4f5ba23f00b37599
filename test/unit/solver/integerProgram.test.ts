import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { unattended } from '../../../src/shared/progress';
import { IntegerProgram } from '../../../src/solver/integerProgram';
import { loadHighs } from '../../../src/solver/loadHighs';

const limits = { seconds: 20, relativeGap: 0, scale: 1, phase: 'test', keepIncumbent: false };

describe('IntegerProgram', async () => {
  const highs = await loadHighs();

  it('equals brute force on random knapsacks', () => {
    const item = fc.record({ weight: fc.integer({ min: 1, max: 20 }), gain: fc.integer({ min: 1, max: 20 }) });
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 60 }), (items, capacity) => {
        const program = new IntegerProgram();
        const take = items.map(({ gain }) => {
          const chosen = program.binary();
          const value = program.variable(0, gain, -1);
          program.atMost([[value, 1], [chosen, -gain]], 0);
          return chosen;
        });
        program.atMost(items.map(({ weight }, i) => [take[i]!, weight] as const), capacity);
        let best = 0;
        for (let mask = 0; mask < 1 << items.length; mask++) {
          let weight = 0, gain = 0;
          items.forEach((x, i) => {
            if (mask & (1 << i)) { weight += x.weight; gain += x.gain; }
          });
          if (weight <= capacity) best = Math.max(best, gain);
        }
        const solution = program.minimise(highs, limits, unattended);
        expect(solution.status).toBe('optimal');
        expect(solution.objective).toBeCloseTo(-best, 6);
        expect(solution.lowerBound).toBeLessThanOrEqual(-best + 1e-6);
      }),
      { numRuns: 60 },
    );
  });

  it('proves infeasibility', () => {
    const program = new IntegerProgram();
    const x = program.binary(), y = program.binary();
    program.atLeast([[x, 1], [y, 1]], 3);
    expect(program.minimise(highs, limits, unattended).status).toBe('infeasible');
  });
});
