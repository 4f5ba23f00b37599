import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { presets } from '../../../src/cost/presets';
import { LARGEST_SIZE } from '../../../src/extension/toolInput';
import { objectives } from '../../../src/placement/problem';

interface MenuItem {
  readonly command?: string;
  readonly submenu?: string;
  readonly when?: string;
  readonly group?: string;
}
interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string; readonly icon?: string; readonly enablement?: string }[];
    readonly submenus: readonly { readonly id: string }[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly keybindings: readonly { readonly command: string; readonly key: string; readonly mac: string; readonly when: string }[];
    readonly languageModelTools: readonly { readonly name: string; readonly inputSchema: { readonly properties: Readonly<Record<string, { readonly description: string; readonly enum?: readonly string[]; readonly additionalProperties?: object }>> } }[];
  };
}

const root = resolve(import.meta.dirname, '../../..');
const text = readFileSync(join(root, 'package.json'), 'utf8');
const { commands, submenus, menus, keybindings, languageModelTools } = (JSON.parse(text) as Manifest).contributes;
const words = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8')) as Readonly<Record<string, string>>;
const items = Object.entries(menus).flatMap(([menu, entries]) => entries.map((entry) => ({ menu, ...entry })));

/** What only a view in front can answer. */
const NEEDS_VIEW = ['savePlan', 'undoEdit', 'redoEdit', 'saveGraphPicture', 'saveTimelinePicture'].map((name) => `stagewright.${name}`);
/** Keys that the extension itself sets, or that depend on the view in front. */
const OF_VIEW = /stagewright\.(shows|planUnsaved)|activeWebviewPanelId|activeCustomEditorId|webviewId/;

describe('the manifest', () => {
  it('has a text for every key, and no other texts', () => {
    const used = [...text.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key!);
    expect([...new Set(used)].sort()).toEqual(Object.keys(words).sort());
    for (const [key, word] of Object.entries(words)) expect(word.trim(), key).not.toBe('');
  });

  it('gives every command a title and a category, and those that are drawn as icons an icon', () => {
    for (const { command, title, category } of commands) {
      expect(title, command).toMatch(/^%command\.\w+%$/);
      expect(category, command).toBe('Stagewright');
    }
    const withIcon = new Set(commands.filter(({ icon }) => /^\$\([\w-]+\)$/.test(icon ?? '')).map(({ command }) => command));
    for (const { menu, command, group } of items) if (menu === 'editor/title' && group?.startsWith('navigation')) expect(withIcon, menu).toContain(command);
    expect(new Set(commands.map(({ title }) => words[title.slice(1, -1)])).size).toBe(commands.length);
  });

  it('puts into menus only what exists, in menus that say where', () => {
    const known = new Set(commands.map(({ command }) => command));
    const groups = new Set(submenus.map(({ id }) => id));
    for (const { menu, command, submenu, when } of items) {
      expect(command === undefined ? groups : known, menu).toContain(command ?? submenu);
      if (!groups.has(menu)) expect(when, `${menu}: ${command}`).toMatch(/resourceExtname|resourceFilename|scmProvider|stagewright\.|activeCustomEditorId/);
    }
    for (const { command } of keybindings) expect(known).toContain(command);
  });

  it('offers what needs a view in front only where there is one: in the palette, in menus and on keys', () => {
    for (const name of NEEDS_VIEW) {
      expect(menus['commandPalette']!.find(({ command }) => command === name)?.when, name).toMatch(OF_VIEW);
      for (const { menu, command, when } of items) if (command === name) expect(when, menu).toMatch(OF_VIEW);
      for (const { command, when, mac } of keybindings) {
        if (command !== name) continue;
        expect(when).toMatch(OF_VIEW);
        expect(mac).toMatch(/^(shift\+)?cmd/);
      }
    }
  });

  it('leaves every other command in the palette, where a keyboard finds it', () => {
    const hidden = menus['commandPalette']!.filter(({ when }) => when === 'false');
    expect(hidden).toEqual([]);
  });

  it('has the code of every command', () => {
    const code = readdirSync(join(root, 'src/extension')).map((name) => readFileSync(join(root, 'src/extension', name), 'utf8')).join('\n');
    for (const { command } of commands) expect(code, command).toMatch(new RegExp(`command\\('${command.replace('stagewright.', '')}'|name: '${command.replace('stagewright.', '')}'`));
  });

  it('tells language models what the tools take', () => {
    const { properties } = languageModelTools.find(({ name }) => name === 'stagewright_partition')!.inputSchema;
    expect(properties['objective']!.enum).toEqual(objectives);
    expect(properties['dimensions']!.additionalProperties).toEqual({ type: 'integer', minimum: 1, maximum: LARGEST_SIZE });
    for (const name of presets.keys()) expect(properties['cluster']!.description).toContain(name);
  });
});
