import { describe, expect, it, vi } from 'vitest';
import { transformerView } from '../../fixtures/planViews';

// The module also builds the search bar; the component library needs a browser to load.
vi.mock('../../../webview/ui/components', () => ({}));
const { findOperators } = await import('../../../webview/search');

describe('findOperators', () => {
  const view = transformerView(100, 2);
  const namesOf = (query: string): string[] => findOperators(view, query).map((i) => view.operators[i]!.name);

  it('finds by type, name and id, in the order of the graph, whatever the case', () => {
    expect(namesOf('LAYERS.0/attn/softmax')).toEqual(['/layers.0/attn/Softmax']);
    expect(findOperators(view, 'gelu')).toEqual(view.operators.flatMap((operator, i) => (operator.type === 'Gelu' ? [i] : [])));
    expect(namesOf('/layers.0/attn/Softmax_output_0')).toEqual(['/layers.0/attn/Softmax']);
  });

  it('wants every word', () => {
    expect(namesOf('matmul q_proj layers.1')).toEqual(['/layers.1/attn/q_proj/MatMul']);
    expect(namesOf('matmul nothing-like-it')).toEqual([]);
  });

  it('finds nothing for nothing', () => expect(findOperators(view, '  ')).toEqual([]));
});
