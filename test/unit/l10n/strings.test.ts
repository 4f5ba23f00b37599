import { describe, expect, it } from 'vitest';
import { calls, extracted, placeholders } from './sources';

/** What people see and hear is said by `t` and by `vscode.l10n.t`, and can be translated. */
describe('strings', () => {
  const bundle = extracted();

  it('are in the bundle, all of them and no others (npm run l10n writes it)', async () => {
    await expect(`${JSON.stringify(await bundle, null, 2)}\n`).toMatchFileSnapshot('../../../media/l10n/bundle.l10n.json');
  });

  it('are whole messages in the source, with comments as text, so that they can be extracted', async () => {
    const keys = new Set(Object.keys(await bundle));
    expect(calls().filter(({ key }) => key === null || !keys.has(key)).map(({ place, key }) => `${place} ${key}`)).toEqual([]);
  });

  it('are filled in with what they ask for', () => {
    const wrong = calls().filter(({ message, filled }) => filled !== null && placeholders(message).some((name) => !filled.includes(name)));
    const idle = calls().filter(({ message, filled }) => filled?.some((name) => /^\d+$/.test(name) && !placeholders(message).includes(name)));
    expect([...wrong, ...idle].map(({ place, message }) => `${place} ${message}`)).toEqual([]);
  });

  it('are not said while a module is being loaded: the language is not known yet', () => {
    expect(calls().filter(({ atLoad }) => atLoad).map(({ place }) => place)).toEqual([]);
  });
});
