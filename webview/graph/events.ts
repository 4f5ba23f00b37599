import type { Selection } from '../state';
import type { Camera } from './camera';
import type { Grip, Over } from './grips';

/** What a person does with the graph. */
export interface GraphEvents {
  readonly onSelect: (selection: Selection) => void;
  readonly onOpen: () => void;
  /** a group (index in the layout) is to be expanded or collapsed */
  readonly onExpand: (group: number) => void;
  readonly onCollapse: (group: number) => void;
  readonly onMapShown: (shown: boolean) => void;
  readonly onSearch: () => void;
  readonly onCameraRest: (camera: Camera) => void;
  /** the menu of what can be taken hold of is wanted; pixels of the window. @returns false if it has none */
  readonly onMenu: (grip: Grip, x: number, y: number) => boolean;
  /** something is dragged over the picture, and dropped there; pixels of the window */
  readonly canDrag: (grip: Grip) => boolean;
  readonly onDrag: (grip: Grip, over: Over, x: number, y: number) => void;
  readonly onDrop: (grip: Grip, over: Over) => void;
  readonly onDragEnd: () => void;
  /** the cut that a tensor crosses is to be moved a step. @returns false if the tensor crosses none */
  readonly onCutStep: (tensor: number, step: 'earlier' | 'later') => boolean;
}
