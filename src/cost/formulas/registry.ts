import type { Formula, Formulas } from '../operands';
import { attentions } from './attention';
import { convolutions } from './convolution';
import { elementwise } from './elementwise';
import { mixtures } from './experts';
import { matrices } from './matrix';
import { classical, texts } from './ml';
import { movements } from './movement';
import { normalizations } from './normalization';
import { quantizations } from './quantization';
import { recurrents } from './recurrent';
import { reductions } from './reduction';
import { signals } from './signal';
import { visions } from './vision';

const families: readonly Formulas[] = [
  convolutions, matrices, attentions, mixtures, recurrents, normalizations, reductions, elementwise, quantizations, movements, signals, visions, classical, texts,
];

/** FLOPs by operator type: `Type`, or `domain:Type` outside ai.onnx. Control flow costs what its bodies do and has no formula. */
export const formulas: ReadonlyMap<string, Formula> = new Map(families.flat());
