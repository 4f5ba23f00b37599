import { t } from '@vscode/l10n';
import type { AssumedDimension, Bindings } from '../engine/requests';

/** "batch=1, sequence=128" */
export const formatBindings = (bindings: Bindings): string => Object.entries(bindings).map(([symbol, size]) => `${symbol}=${size}`).join(', ');

/**
 * Reads what the user typed for the dimensions of a model.
 *
 * @param text `name=number` parts with commas or semicolons between them; names may contain anything but these
 * @returns the sizes, or what is wrong in a few words
 */
export function parseBindings(text: string, dimensions: readonly Pick<AssumedDimension, 'symbol'>[]): Bindings | string {
  const symbols = new Set(dimensions.map(({ symbol }) => symbol));
  const sizes = new Map<string, number>();
  for (const part of text.split(/[,;\n]/).map((piece) => piece.trim())) {
    if (part === '') continue;
    const at = part.lastIndexOf('=');
    const symbol = part.slice(0, at).trim();
    const size = part.slice(at + 1).trim();
    if (at < 0) return t('“{0}” is not of the form name=number.', part);
    if (!symbols.has(symbol)) return t('The model has no dimension “{0}”; it has {1}.', symbol, [...symbols].join(', '));
    if (sizes.has(symbol)) return t('“{0}” is given twice.', symbol);
    if (!/^\d{1,15}$/.test(size)) return t('“{0}” must be a whole number, not “{1}”.', symbol, size);
    sizes.set(symbol, Number(size));
  }
  const missing = [...symbols].filter((symbol) => !sizes.has(symbol));
  if (missing.length > 0) return t('Still to be given: {0}', missing.map((symbol) => `${symbol}=…`).join(', '));
  return Object.fromEntries(sizes);
}

/** What to offer for each dimension: what was last given for it, or what the model suggests. */
export function offeredBindings(dimensions: readonly AssumedDimension[], remembered: Bindings): Bindings {
  return Object.fromEntries(dimensions.map(({ symbol, value }) => [symbol, Object.hasOwn(remembered, symbol) ? remembered[symbol]! : value]));
}
