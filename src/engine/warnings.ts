import { t } from '@vscode/l10n';
import { formatBytes, formatPercent } from '../shared/format';
import type { StageView } from '../shared/planView';
import type { Planned } from './planned';

/** Share of a device's memory above which the view warns. */
const NEARLY_FULL = 0.9;
const MAX_WARNINGS_SHOWN = 20;

/** What is to be said of a model whatever its plan. */
export function modelWarnings({ prepared, input, planning: { measured } }: Planned): string[] {
  const { shapes, costs, model } = prepared;
  const warnings: string[] = [];
  if (shapes.free.length > 0) {
    const symbols = shapes.free.map((dimension) => dimension.symbol).join(', ');
    warnings.push(
      shapes.free.length === 1
        ? t('1 input dimension is not bound ({0}): sizes and times are not complete.', symbols)
        : t('{0} input dimensions are not bound ({1}): sizes and times are not complete.', shapes.free.length, symbols),
    );
  }
  const unknownCosts = costs.filter((cost, i) => !cost.known && input.nodeOf[i]! >= 0 && measured?.seconds.has(prepared.graph.operators[i]!.id) !== true);
  if (shapes.unknown.length > 0) {
    const named = `${shapes.unknown.slice(0, 3).map((name) => `"${name}"`).join(', ')}${shapes.unknown.length > 3 ? ' …' : ''}`;
    warnings.push(shapes.unknown.length === 1 ? t('1 tensor has an unknown shape or type: {0}.', named) : t('{0} tensors have an unknown shape or type: {1}.', shapes.unknown.length, named));
  }
  if (unknownCosts.length > 0) {
    const why = [...new Set(unknownCosts.map((cost) => cost.reason))];
    const reasons = `${why.slice(0, 3).join('; ')}${why.length > 3 ? '; …' : ''}`;
    warnings.push(
      unknownCosts.length === 1
        ? t('The cost of 1 operator is not fully known and counts too low: {0}.', reasons)
        : t('The cost of {0} operators is not fully known and counts too low: {1}.', unknownCosts.length, reasons),
    );
  }
  const said = [...model.warnings, ...shapes.warnings];
  warnings.push(...said.slice(0, MAX_WARNINGS_SHOWN));
  const more = said.length - MAX_WARNINGS_SHOWN;
  if (more > 0) warnings.push(more === 1 ? t('… and 1 more warning.') : t('… and {0} more warnings.', more));
  return warnings;
}

/** Which devices have little memory left. */
export function memoryWarnings(stages: readonly StageView[]): string[] {
  return stages.flatMap((stage) => {
    const used = stage.weightBytes + stage.activationBytes;
    const capacity = stage.memoryCapacityBytes;
    if (capacity === null || used < capacity * NEARLY_FULL) return [];
    return [t('The memory of {0} is nearly full: {1} of {2} ({3}).', stage.device, formatBytes(used), formatBytes(capacity), formatPercent(used / capacity))];
  });
}
