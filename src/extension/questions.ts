import * as vscode from 'vscode';
import type { AssumedDimension, Bindings } from '../engine/requests';
import { formatBindings, offeredBindings, parseBindings } from './bindings';

/**
 * Asks for all free dimensions in one line, prefilled so that Enter alone will do. Does not ask where there are none.
 *
 * @returns undefined if the user turned away
 */
export async function askBindings(
  modelName: string,
  dimensions: readonly AssumedDimension[],
  remembered: Bindings,
  token: vscode.CancellationToken,
): Promise<Bindings | undefined> {
  if (dimensions.length === 0) return {};
  const where = dimensions.map(({ symbol, occurrences }) => `${symbol}: ${occurrences.slice(0, 3).join(', ')}`).join(' · ');
  const text = await vscode.window.showInputBox(
    {
      title: vscode.l10n.t('Partition {0}: sizes of its free dimensions', modelName),
      value: formatBindings(offeredBindings(dimensions, remembered)),
      prompt: vscode.l10n.t('The plan is made for these sizes ({0})', where),
      ignoreFocusOut: true,
      validateInput: (value) => {
        const bindings = parseBindings(value, dimensions);
        return typeof bindings === 'string' ? bindings : undefined;
      },
    },
    token,
  );
  if (text === undefined) return undefined;
  const bindings = parseBindings(text, dimensions);
  return typeof bindings === 'string' ? undefined : bindings;
}
