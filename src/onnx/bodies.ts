import type { Attribute, OnnxGraph, OnnxNode } from './model';

/** The graphs that a node holds in its attributes: branches of If, bodies of Loop and Scan. */
export function bodiesOf(node: OnnxNode): readonly OnnxGraph[] {
  let bodies: OnnxGraph[] | undefined;
  for (const attribute of node.attributes.values()) {
    if (attribute.kind === 'graph') (bodies ??= []).push(attribute.value);
    else if (attribute.kind === 'graphs') (bodies ??= []).push(...attribute.value);
  }
  return bodies ?? noBodies;
}
const noBodies: readonly OnnxGraph[] = [];

/** The node with each of its bodies replaced; the node itself if it has none. */
export function mapBodies<N extends OnnxNode>(node: N, change: (body: OnnxGraph) => OnnxGraph): N {
  if (bodiesOf(node).length === 0) return node;
  const attributes = new Map<string, Attribute>();
  for (const [name, attribute] of node.attributes) {
    if (attribute.kind === 'graph') attributes.set(name, { kind: 'graph', value: change(attribute.value) });
    else if (attribute.kind === 'graphs') attributes.set(name, { kind: 'graphs', value: attribute.value.map(change) });
    else attributes.set(name, attribute);
  }
  return { ...node, attributes };
}

/** Names that a body reads from the graphs around it, in order of first use; '' never is among them. */
export function capturedNames(body: OnnxGraph): ReadonlySet<string> {
  const own = new Set<string>(body.initializers.keys());
  for (const input of body.inputs) own.add(input.name);
  for (const node of body.nodes) for (const output of node.outputs) own.add(output);
  const captured = new Set<string>();
  const use = (name: string): void => {
    if (name !== '' && !own.has(name)) captured.add(name);
  };
  for (const node of body.nodes) {
    node.inputs.forEach(use);
    for (const inner of bodiesOf(node)) capturedNames(inner).forEach(use);
  }
  for (const output of body.outputs) use(output.name);
  return captured;
}
