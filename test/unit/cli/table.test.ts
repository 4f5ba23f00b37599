import { describe, expect, it } from 'vitest';
import { printable, table } from '../../../src/cli/table';

describe('table', () => {
  it('aligns words left and numbers right, without trailing blanks', () => {
    expect(table([['Name', 'Size', 'Note'], ['a', '1 B', 'x'], ['long name', '100 kB', '']], ['left', 'right', 'left'])).toBe(
      'Name         Size  Note\na             1 B  x\nlong name  100 kB\n',
    );
  });
  it('does not count styles as width', () => {
    expect(table([['A', 'B'], ['xx', 'y']], ['left', 'left'], (text) => `<${text}>`)).toBe('<A   B>\nxx  y\n');
  });
});

describe('printable', () => {
  it('shows what would move the cursor or turn the text around', () => {
    expect(printable('a\u001b[2Jb\nc\u202ed')).toBe('a\\u001b[2Jb\\u000ac\\u202ed');
    expect(printable('/conv1/Größe 層')).toBe('/conv1/Größe 層');
  });
});
