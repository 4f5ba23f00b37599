import { t } from '@vscode/l10n';
import { splitter } from './ui/splitter';

/** Height of what lies below the graph: until somebody sizes it, as much as what it shows needs, within reason. */
export interface LowerHeight {
  /** the border that is dragged */
  readonly element: HTMLElement;
  /** @param share of the panel's height, the most that it may be */
  readonly fit: (pixels: number, share: number) => void;
  /** the same where it is smaller than that */
  readonly grow: (pixels: number, share: number) => void;
}

export interface LowerHeightOptions {
  /** as somebody sized it before, pixels */
  readonly before: number | undefined;
  readonly onResize: (pixels: number) => void;
  /** somebody sized it */
  readonly onSized: (pixels: number) => void;
}

const USUAL = 120;

export function lowerHeight({ before, onResize, onSized }: LowerHeightOptions): LowerHeight {
  let sized = before !== undefined;
  const border = splitter({
    label: t('Height of the stage table'), orientation: 'horizontal', size: before ?? USUAL, smallest: 64, largest: () => Math.max(120, innerHeight * 0.6),
    onResize,
    onEnd(pixels) {
      sized = true;
      onSized(pixels);
    },
  });
  return {
    element: border.element,
    fit(pixels, share) {
      if (!sized) border.resize(Math.min(share * innerHeight, pixels));
    },
    grow(pixels, share) {
      // the height of the panel is asked for only where it matters: that takes a layout of the page
      if (!sized && pixels > border.size()) border.resize(Math.max(border.size(), Math.min(share * innerHeight, pixels)));
    },
  };
}
