import type { Selection } from '../state';
import type { Emphasis } from './draw';
import type { Scene } from './scene';

const NONE: ReadonlySet<number> = new Set();

/** What a selection brings out: its box or stage, the edges that belong to it, the labels of its cut tensors. */
export function emphasisOf(scene: Scene, selection: Selection, hovered: number, matches: ReadonlySet<number> | null): Emphasis {
  const base: Emphasis = { box: -1, hovered, stage: -1, frame: -1, edges: NONE, tensors: NONE, matches, moving: null };
  if (selection === null) return base;
  if (selection.kind === 'stage') return { ...base, stage: selection.index };
  if (selection.kind === 'group') {
    const edges = new Set(scene.edgesOfGroup[selection.index] ?? []);
    const frame = scene.layout.groups[selection.index]?.expanded === true ? selection.index : -1;
    return { ...base, frame, box: scene.boxOfGroup[selection.index] ?? -1, edges, tensors: tensorsOf(scene, edges) };
  }
  if (selection.kind === 'tensor') {
    const producer = scene.view.tensors[selection.index]?.producer ?? -1;
    const consumers = scene.view.tensors[selection.index]?.consumers ?? [];
    const candidates = producer >= 0 ? (scene.edgesOf[producer] ?? []) : [];
    return {
      ...base,
      box: producer >= 0 ? (scene.standIn[producer] ?? -1) : (scene.standIn[consumers[0] ?? -1] ?? -1),
      edges: new Set(candidates.filter((e) => standsFor(scene.layout.edges[e]!, selection.index))),
      tensors: new Set([selection.index]),
    };
  }
  const edges = new Set(scene.edgesOf[selection.index] ?? []);
  return { ...base, box: scene.standIn[selection.index] ?? -1, edges, tensors: tensorsOf(scene, edges) };
}

/** The same with a cut that is pointed at: its lines and its label stand out. */
export function withCut(scene: Scene, emphasis: Emphasis, tensors: readonly number[]): Emphasis {
  const wanted = new Set(tensors);
  const edges = scene.cutEdges.filter((e) => {
    const { tensor, tensors: several = [tensor] } = scene.layout.edges[e]!;
    return several.some((t) => wanted.has(t));
  });
  return { ...emphasis, edges: new Set([...emphasis.edges, ...edges]), tensors: new Set([...emphasis.tensors, ...tensors]) };
}

const standsFor = (edge: Scene['layout']['edges'][number], tensor: number): boolean => edge.tensor === tensor || (edge.tensors?.includes(tensor) ?? false);

const tensorsOf = (scene: Scene, edges: ReadonlySet<number>): ReadonlySet<number> =>
  new Set([...edges].flatMap((e) => scene.layout.edges[e]!.tensors ?? [scene.layout.edges[e]!.tensor]));
