import axe from 'axe-core';
import { build } from 'esbuild';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { LayoutView } from '../../src/shared/layoutView';
import type { Language } from '../../src/shared/language';
import type { FromWebview, ToWebview } from '../../src/shared/messages';
import type { PlanView } from '../../src/shared/planView';
import { themes } from '../../webview/report/themes';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Bundles the plan panel as it ships into a page of its own, with a stand-in for VS Code's side of the webview.
 *
 * @param language that it is in; English if absent
 * @returns its URL
 */
export async function writePanelPage(folder: string, language?: Language): Promise<string> {
  await mkdir(folder, { recursive: true });
  await build({
    absWorkingDir: root, bundle: true, logLevel: 'error', platform: 'browser', format: 'iife', target: 'chrome132', outdir: folder,
    entryPoints: [{ in: 'webview/main.ts', out: 'main' }, { in: 'node_modules/@vscode/codicons/dist/codicon.css', out: 'codicon' }],
    loader: { '.ttf': 'dataurl', '.svg': 'text' },
  });
  const page = `<!doctype html><html lang="${language?.name ?? 'en'}"><head><meta charset="utf-8"><title>Plan</title><link rel="stylesheet" href="codicon.css"><link rel="stylesheet" href="main.css"></head><body>
    <script type="application/json" id="words">${JSON.stringify(language?.words ?? {})}</script><script>
    const posted = []; let state;
    window.posted = posted;
    window.acquireVsCodeApi = () => ({ postMessage: (m) => { posted.push(m); window.onPosted?.(m); }, getState: () => state, setState: (s) => { state = s; } });
    </script><script src="main.js"></script></body></html>`;
  const path = join(folder, 'panel.html');
  await writeFile(path, page);
  return pathToFileURL(path).href;
}

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });

export interface OpenPanel {
  readonly page: Page;
  readonly send: (message: ToWebview) => Promise<void>;
  readonly posted: () => Promise<readonly FromWebview[]>;
}

/** @param first a script that runs in the page before its own */
export async function openPanel(browser: Browser, url: string, theme: keyof typeof themes, size = { width: 1440, height: 860 }, first = '', pixelRatio = 1): Promise<OpenPanel> {
  const page = await browser.newPage({ viewport: size, deviceScaleFactor: pixelRatio });
  if (first !== '') await page.addInitScript(first);
  // The scripts run in the page, whose globals this program's types do not know: hence text.
  await page.addInitScript(`
    const { bodyClass, variables } = ${JSON.stringify(themes[theme])};
    addEventListener('DOMContentLoaded', () => {
      for (const [name, value] of Object.entries(variables)) document.documentElement.style.setProperty('--vscode-' + name, value);
      document.body.classList.add(bodyClass);
    });`);
  await page.goto(url);
  return {
    page,
    send: (message) => page.evaluate(`postMessage(${JSON.stringify(message)}, '*')`),
    posted: () => page.evaluate<readonly FromWebview[]>('posted'),
  };
}

/** Shows a plan and waits until it is drawn. */
export async function showPlan({ page, send }: OpenPanel, view: PlanView, layout: LayoutView, dirty = true): Promise<void> {
  await send({ type: 'plan', view, dirty });
  await send({ type: 'layout', layout });
  await page.waitForFunction(`!document.querySelector('.graph').hidden && document.querySelector('.state').hidden`);
  await page.waitForTimeout(120);
}

/** Where the camera stands once it has come to rest. */
export async function restingCamera({ page }: Pick<OpenPanel, 'page'>): Promise<{ readonly x: number; readonly y: number; readonly scale: number }> {
  await page.waitForTimeout(500);
  return page.evaluate('acquireVsCodeApi().getState().camera');
}

/** What axe finds wrong, as `rule: elements`. */
export async function violations({ page }: Pick<OpenPanel, 'page'>): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate<string[]>(`axe.run(document).then((result) => result.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html).join(' ')))`);
}
