import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Frame, type Locator, type Page } from 'playwright-core';
import { resultsFolder } from './paths';
import { eventually } from './process';
import type { VSCodeUnderTest } from '../globalSetup';

/** Generous, because two slow cores shared with a solver are a normal place to run. */
const TIMEOUT = 60_000;

/** Each kind of theme: one by its name in the picker, and the class that VS Code puts on its root element. */
const themes = {
  light: { name: 'Light Modern', className: 'vs' },
  dark: { name: 'Dark Modern', className: 'vs-dark' },
  highContrast: { name: 'Dark High Contrast', className: 'hc-black' },
  highContrastLight: { name: 'Light High Contrast', className: 'hc-light' },
} as const;
export type ThemeKind = keyof typeof themes;

/** One VS Code window in a browser, and the gestures that a person makes in it. */
export interface Workbench {
  readonly page: Page;
  /** Runs a command from the palette by its full label, e.g. `View: Close All Editors`. */
  runCommand(label: string): Promise<void>;
  /** The row of a file in the explorer. */
  explorerRow(name: string): Locator;
  /** Opens a row's context menu and chooses an item; retries, since an extension's items appear only once it is registered. */
  contextMenu(target: Locator, item: string | RegExp): Promise<void>;
  /** Opens a file with its default editor. */
  openFile(name: string): Promise<void>;
  /** The innermost frame of the visible webview in which `selector` matches. */
  webview(selector: string, timeoutMilliseconds?: number): Promise<Frame>;
  /** Presses Enter through quick picks and input boxes until `done` holds. */
  acceptDefaults(done: () => Promise<boolean>, timeoutMilliseconds?: number): Promise<void>;
  /** Notifications now on screen, as text. */
  notifications(): Promise<readonly string[]>;
  reload(): Promise<void>;
  setTheme(kind: ThemeKind): Promise<void>;
  /** Writes test-results/screenshots/<name>.png. */
  screenshot(name: string): Promise<string>;
  close(): Promise<void>;
}

/**
 * Opens `folder` in a fresh browser.
 *
 * @param language what VS Code takes for its language, and tells extensions; its own words stay English, as it has no other
 */
export async function openWorkbench(vscode: VSCodeUnderTest, folder: string, query: Readonly<Record<string, string>> = {}, language = 'en'): Promise<Workbench> {
  const browser = await launchBrowser(vscode.chromium);
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  page.setDefaultTimeout(TIMEOUT);
  // what a file of translated messages would set before the workbench starts
  if (language !== 'en') await page.addInitScript(`globalThis._VSCODE_NLS_LANGUAGE = ${JSON.stringify(language)}`);
  const url = `${vscode.url}/?${new URLSearchParams({ folder, ...query }).toString()}`;
  await page.goto(url);
  await settled(page);

  const workbench: Workbench = {
    page,
    runCommand: async (label) => {
      const input = page.locator('.quick-input-widget input');
      await eventually(`the command ${label}`, async () => {
        await page.keyboard.press('Escape');
        await page.keyboard.press('F1');
        await input.waitFor({ state: 'visible', timeout: 5_000 });
        await input.fill(`>${label}`);
        // A row is named by its label, and its key binding if it has one.
        const row = page.locator(`.quick-input-list .monaco-list-row:is([aria-label="${label}"], [aria-label^="${label}, "])`).first();
        await row.click({ timeout: 5_000 });
        return true;
      });
    },
    explorerRow: (name) => page.locator('.explorer-folders-view').getByRole('treeitem', { name, exact: true }),
    contextMenu: async (target, item) => {
      const entry = page.locator('.context-view .monaco-menu .action-item').filter({ hasText: item }).first();
      await eventually(`the context menu's item ${String(item)}`, async () => {
        await page.keyboard.press('Escape');
        await target.click({ button: 'right', timeout: 5_000 });
        await entry.waitFor({ state: 'visible', timeout: 3_000 });
        // A menu ignores a click that comes too soon after it opened; one that was taken closes it.
        await eventually('the menu to close', async () => {
          if (await entry.isVisible()) await entry.click({ timeout: 1_000 });
          await entry.waitFor({ state: 'hidden', timeout: 500 });
          return true;
        }, 5_000);
        return true;
      });
    },
    openFile: async (name) => {
      await workbench.explorerRow(name).dblclick();
      await page.locator('.tabs-container .tab').filter({ hasText: name }).first().waitFor();
    },
    webview: (selector, timeoutMilliseconds = TIMEOUT) => eventually(`a webview with ${selector}`, () => findWebview(page, selector), timeoutMilliseconds),
    acceptDefaults: async (done, timeoutMilliseconds = TIMEOUT) => {
      const input = page.locator('.quick-input-widget');
      let answered = '';
      await eventually('the last question to be answered', async () => {
        if (await done()) return true;
        if (await input.isVisible()) {
          // One Enter per question: a second one would answer the next question unseen.
          const question = await input.innerText();
          if (question !== answered) {
            answered = question;
            await page.keyboard.press('Enter');
          }
        } else answered = '';
        return false;
      }, timeoutMilliseconds);
    },
    notifications: () => page.locator('.notifications-toasts .notification-list-item').allInnerTexts(),
    reload: async () => {
      // By VS Code's own command: it writes down its state first, which a browser's reload does not wait for.
      await Promise.all([page.waitForEvent('load'), workbench.runCommand('Developer: Reload Window')]);
      await settled(page);
    },
    setTheme: async (kind) => {
      const { name, className } = themes[kind];
      const wanted = page.locator(`.monaco-workbench.${className}`).first();
      // Through the picker: a settings file that somebody else writes is not always noticed.
      await eventually(`the theme ${name}`, async () => {
        if (await wanted.isVisible()) return true;
        await workbench.runCommand('Preferences: Color Theme');
        const input = page.locator('.quick-input-widget input[placeholder*="Theme" i]');
        await input.waitFor({ timeout: 5_000 });
        await input.fill(name);
        await page.locator(`.quick-input-list .monaco-list-row[aria-label^="${name}"]`).first().click({ timeout: 5_000 });
        await wanted.waitFor({ timeout: 5_000 });
        return true;
      });
    },
    screenshot: async (name) => {
      const folder = join(resultsFolder, 'screenshots');
      mkdirSync(folder, { recursive: true });
      const path = join(folder, `${name}.png`);
      await page.screenshot({ path });
      return path;
    },
    close: () => browser.close(),
  };
  return workbench;
}

export function launchBrowser(executablePath: string): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  return chromium.launch({ executablePath, headless: true, args });
}

/** Waits until the workbench is drawn and its explorer lists the folder. */
async function settled(page: Page): Promise<void> {
  await page.locator('.monaco-workbench .explorer-folders-view').waitFor({ timeout: 2 * TIMEOUT });
}

async function findWebview(page: Page, selector: string): Promise<Frame | undefined> {
  for (const outer of await page.locator('iframe.webview.ready').all()) {
    if (!(await outer.isVisible())) continue;
    const middle = await (await outer.elementHandle())?.contentFrame();
    const active = await middle?.$('iframe#active-frame');
    const frame = await active?.contentFrame();
    if (frame && (await frame.locator(selector).count()) > 0) return frame;
  }
  return undefined;
}
