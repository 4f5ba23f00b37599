import { describe, expect, it } from 'vitest';
import { commonScope, scopeOf, scopePath } from '../../../src/graph/scopes';

describe('scopeOf', () => {
  it.each([
    ['/model/layers.12/attn/MatMul', '/model/layers.12/attn'],
    ['model/layers.12/attn/MatMul', '/model/layers.12/attn'],
    ['//model//MatMul', '/model'],
    ['Conv_12', ''],
    ['/', ''],
  ])('%s lies in "%s"', (name, scope) => expect(scopeOf({ name, id: '/other/y' })).toBe(scope));

  it('looks at the id of an operator without a name', () => expect(scopeOf({ name: '', id: '/encoder/Add_output_0' })).toBe('/encoder'));
});

it('scopePath lists the scopes around a scope', () => {
  expect(scopePath('/model/layers.12/attn')).toEqual(['/model', '/model/layers.12', '/model/layers.12/attn']);
  expect(scopePath('')).toEqual([]);
});

describe('commonScope', () => {
  it('compares whole parts of names', () => expect(commonScope(['/model/layers.1/attn', '/model/layers.12/attn'])).toBe('/model'));
  it('may be one of the scopes', () => expect(commonScope(['/model/layers.1', '/model/layers.1/attn'])).toBe('/model/layers.1'));
  it('is the root where nothing is common', () => expect(commonScope(['/a/b', '/c'])).toBe(''));
  it('of one scope is that scope, of none the root', () => {
    expect(commonScope(['/a/b'])).toBe('/a/b');
    expect(commonScope([])).toBe('');
  });
});
