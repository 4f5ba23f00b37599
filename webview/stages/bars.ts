import { el } from '../ui/dom';

/**
 * A bar of one or two parts on a track; all bars of a column share one scale, so that lengths can be compared down the column.
 * The numbers stand beside it as text: the bar itself is for the eye only.
 */
export function bar(parts: readonly { readonly share: number; readonly kind: string }[], limit?: number): HTMLElement {
  const track = el('span', { class: 'track', 'aria-hidden': 'true' });
  for (const { share, kind } of parts) {
    const part = el('span', { class: `part ${kind}` });
    part.style.width = `${Math.min(100, Math.max(0, share * 100))}%`;
    track.append(part);
  }
  if (limit !== undefined && limit > 0.9) track.classList.add(limit > 1 ? 'over' : 'near');
  return track;
}
