import { resolve } from 'node:path';
import { explainPlan } from '../../engine/explainPlan';
import { openPlacement } from '../../engine/openPlacement';
import { UserError } from '../../shared/userError';
import type { Command } from '../command';
import { progressBar } from '../progressBar';
import { printable } from '../table';
import { styler } from '../terminal';

const HELP = `Usage: stagewright explain <x.placement.json> [--json]

Says why a plan is as it is: what bounds its slowest stage, what the next operator moved across each cut would cost, and what one more
device, twice the link or twice the memory would bring. Each number comes from evaluating or solving the changed plan.

  --json   {"modelName", "statements": [{"topic", "text"}]}
`;

export const explain: Command = {
  name: 'explain',
  summary: 'says why a plan is as it is, and what would change it',
  help: HELP,
  options: {},
  operands: [1, 1],
  run: async (args, terminal) => {
    const bar = progressBar(terminal);
    try {
      const path = args.operands[0]!;
      const { planned, view } = openPlacement(resolve(path), bar);
      if (!planned || !view.plan) throw new UserError(path, `is stale: ${view.plan?.stale ?? 'the model changed'}.`, 'Partition the model again.');
      const explanation = await explainPlan(planned, view.plan.certificate, bar);
      bar.clear();
      const { bold } = styler(terminal);
      terminal.out(args.flag('json') ? `${JSON.stringify(explanation, null, 2)}\n` : explanation.statements.map(({ topic, text }) => `${bold(topic)}\n  ${printable(text)}\n`).join(''));
      return 0;
    } finally {
      bar.clear();
    }
  },
};
