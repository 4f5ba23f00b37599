import { readPalette } from './graph/palette';

/** Hands the stage colours of the canvas to the style sheet, so that table, inspector and graph agree. Through a style sheet of its own: the root's style attribute belongs to VS Code. */
export function applyStageColors(root: HTMLElement): void {
  const palette = readPalette();
  const rules = Array.from({ length: 8 }, (_, stage) => {
    const { strong, onStrong } = palette.stages(stage);
    return `.stage-${stage} { --stage: ${strong}; --on-stage: ${onStrong}; }`;
  });
  sheet.replaceSync(rules.join('\n'));
  if (!root.ownerDocument.adoptedStyleSheets.includes(sheet)) root.ownerDocument.adoptedStyleSheets.push(sheet);
}

const sheet = new CSSStyleSheet();
