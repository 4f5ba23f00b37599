import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { LAYOUT_ENGINE, REPORT_DATA } from '../../shared/pageLayout';
import type { Language } from '../../shared/language';
import type { ReportData } from '../../shared/reportData';

/** The parts of the panel that a report is made of, as they ship. */
export interface ReportAssets {
  /** stands in for the host, then the panel itself */
  readonly scripts: readonly string[];
  /** style sheets; the font of icons is put in the place of `url(...)` in the one that names it */
  readonly styles: readonly string[];
  /** makes pictures while the page is read, for models whose groups can be expanded; null: all pictures are in the data */
  readonly engine: string | null;
  readonly iconFont: Uint8Array;
}

/** Of the empty text: the toolkit makes an empty style element and fills it by script. */
const EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

/**
 * One page that holds a plan's interactive view and all that it needs. It loads nothing and runs nothing but its own scripts, whatever the names
 * in the model are.
 *
 * @param language that it is in; English if absent
 */
export function reportHtml(data: ReportData, { scripts, styles, engine, iconFont }: ReportAssets, language?: Language): string {
  const font = `data:font/ttf;base64,${Buffer.from(iconFont).toString('base64')}`;
  const sheets = styles.map((sheet) => endless(sheet.replaceAll(/url\([^)]*codicon\.ttf[^)]*\)/g, `url(${font})`), 'style'));
  const code = scripts.map((script) => endless(script, 'script'));
  const engines = engine === null ? [] : [endless(engine, 'script')];
  const policy = `default-src 'none'; script-src ${[...code, ...engines].map(hash).join(' ')}; ${engine === null ? '' : 'worker-src blob:; '}style-src ${[...sheets.map(hash), EMPTY_STYLE].join(' ')}; font-src data:; img-src data:; base-uri 'none'; form-action 'none'`;
  const packed = gzipSync(JSON.stringify(data), { level: 9 }).toString('base64');
  return `<!DOCTYPE html>
<html lang="${escapeHtml(language?.name ?? 'en')}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escapeHtml(data.view.modelName)} · Stagewright</title>
${sheets.map((sheet) => `<style>${sheet}</style>`).join('\n')}
</head>
<body class="report"${engine === null ? '' : ' data-engine'}>
<script type="application/gzip;base64" id="${REPORT_DATA}">${packed}</script>${language ? `\n<script type="application/json" id="words">${inert(language.words)}</script>` : ''}
${code.map((script) => `<script>${script}</script>`).join('\n')}
${engines.map((script) => `<script id="${LAYOUT_ENGINE}">${script}</script>`).join('\n')}
</body>
</html>
`;
}

/** Our own code and styles, checked for what would end their element, or hide its end ("<!--" does only together with "<script"). @throws Error if there is such a thing */
function endless(text: string, element: string): string {
  if (new RegExp(`</?${element}`, 'i').test(text)) throw new Error(`a ${element} of the panel would end its own element`);
  return text;
}

/** JSON without a character that could end the element, or mean something to a parser of scripts. */
const inert = (value: unknown): string => JSON.stringify(value).replaceAll(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;

const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
