import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { placeholders, root, textOf, type Bundle } from './sources';

/** Translations say all of what is said, and fill in what is filled in. */

const read = (path: string): Bundle => JSON.parse(readFileSync(join(root, path), 'utf8')) as Bundle;
const languages = (folder: string, pattern: RegExp): string[] => readdirSync(join(root, folder)).flatMap((name) => pattern.exec(name)?.[1] ?? []);

const bundles = languages('media/l10n', /^bundle\.l10n\.([\w-]+)\.json$/);
const manifests = languages('.', /^package\.nls\.([\w-]+)\.json$/);
const pairs = [
  ...bundles.map((language) => ['media/l10n/bundle.l10n.json', `media/l10n/bundle.l10n.${language}.json`] as const),
  ...manifests.map((language) => ['package.nls.json', `package.nls.${language}.json`] as const),
];

describe('translations', () => {
  it('are of the same languages for the manifest and for what is said', () => {
    expect(bundles).toContain('de');
    expect(manifests).toEqual(bundles);
  });

  it.each(pairs)('of %s in %s are complete, and of nothing else', (english, translated) => {
    expect(Object.keys(read(translated)).sort()).toEqual(Object.keys(read(english)).sort());
  });

  it.each(pairs)('of %s in %s fill in the same, run the same commands and show the same icons', (english, translated) => {
    const all = read(english);
    const kept = (text: string): string[] => [...placeholders(text), ...Array.from(text.matchAll(/\$\([\w-]+\)|\(command:[\w.]+\)|`[^`]+`|^[●×] /g), ([part]) => part)].sort();
    const wrong = Object.entries(read(translated)).filter(([key, message]) => JSON.stringify(kept(textOf(message))) !== JSON.stringify(kept(textOf(all[key] ?? ''))));
    expect(wrong).toEqual([]);
  });

  it.each(pairs)('of %s in %s leave nothing empty, and begin and end as the original does', (english, translated) => {
    const all = read(english);
    const ends = (text: string): string => /[.…:!?]?$/.exec(text)![0];
    const wrong = Object.entries(read(translated)).filter(([key, message]) => textOf(message).trim() === '' || ends(textOf(message)) !== ends(textOf(all[key] ?? '')));
    expect(wrong).toEqual([]);
  });
});

describe('the manifest', () => {
  it('has a text for every key that it names, and no other', () => {
    const named = Array.from(readFileSync(join(root, 'package.json'), 'utf8').matchAll(/"%([\w.]+)%"/g), ([, key]) => key!);
    expect([...new Set(named)].sort()).toEqual(Object.keys(read('package.nls.json')).sort());
  });

  it('says nothing to people but by such keys, names aside', () => {
    const said: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (typeof value === 'object' && value !== null) for (const [key, inner] of Object.entries(value)) visit(inner, `${path}.${key}`);
      else if (typeof value === 'string' && /\.(title|displayName|description|markdownDescription|userDescription|label|altText|category|markdownEnumDescriptions\.\d+|enumDescriptions\.\d+)$/.test(path) && !/^%.+%$/.test(value) && value !== 'Stagewright') said.push(`${path}: ${value}`);
    };
    const { contributes, capabilities, displayName, description } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>;
    visit({ contributes, capabilities, displayName, description }, '');
    // what only language models read is in English
    expect(said.filter((line) => !line.includes('.inputSchema.'))).toEqual([]);
  });
});
