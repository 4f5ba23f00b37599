import { t } from '@vscode/l10n';
import { basename } from 'node:path';
import { operatorCosts, type OperatorCost } from '../cost/operatorCost';
import { buildOperatorGraph } from '../graph/buildOperatorGraph';
import type { OperatorGraph } from '../graph/operatorGraph';
import type { OnnxModel } from '../onnx/model';
import { readModel } from '../onnx/readModel';
import { freeDimensions } from '../onnx/shapes/freeDimensions';
import { inferShapes } from '../onnx/shapes/inferShapes';
import type { ShapeInference } from '../onnx/shapes/types';
import { throwIfCancelled, type Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import type { AssumedDimension, Bindings } from './requests';

/** A model read, inferred and costed: what everything else starts from. */
export interface PreparedModel {
  readonly model: OnnxModel;
  readonly shapes: ShapeInference;
  readonly graph: OperatorGraph;
  readonly costs: readonly OperatorCost[];
  /** all dimensions that have a number, those of the user and those assumed, by symbol */
  readonly bound: Bindings;
  /** the dimensions that got their suggested value */
  readonly assumed: readonly AssumedDimension[];
}

/**
 * Reads a model and follows it as far as the costs.
 *
 * @param bind dimensions bound by the user
 * @param assume whether dimensions that stay free take their suggested value
 * @param forgiving leave out bindings of dimensions that the model does not have (it may have changed since they were recorded)
 * @throws UserError if the model cannot be read, or (unless forgiving) `bind` names a dimension that it does not have
 */
export function prepareModel(path: string, bind: Bindings, assume: boolean, control: Control, forgiving = false): PreparedModel {
  const step = (phase: string): void => {
    throwIfCancelled(control);
    control.report({ phase });
  };
  step(t('reading'));
  const model = readModel(path, control);
  step(t('inferring shapes'));
  const { bound, assumed } = bindDimensions(model, forgiving ? knownOnly(model, bind) : bind, assume);
  const shapes = inferShapes(model, new Map(Object.entries(bound)));
  step(t('counting costs'));
  const graph = buildOperatorGraph(model, shapes);
  return { model, shapes, graph, costs: operatorCosts(graph), bound, assumed };
}

function knownOnly(model: OnnxModel, bind: Bindings): Bindings {
  const known = new Set(freeDimensions(model.graph, new Map()).map((dimension) => dimension.symbol));
  return Object.fromEntries(Object.entries(bind).filter(([symbol]) => known.has(symbol)));
}

/**
 * The numbers of all symbolic dimensions of the inputs: the user's, and the suggested ones where the user gave none and `assume` is set.
 *
 * @throws UserError if the user bound a dimension that no input has, or to what is no size
 */
export function bindDimensions(model: OnnxModel, bind: Bindings, assume: boolean): { bound: Bindings; assumed: readonly AssumedDimension[] } {
  const free = freeDimensions(model.graph, new Map());
  if (free.some((dimension) => dimension.symbol === '__proto__')) {
    throw new UserError(basename(model.path), t('has a dimension named "{0}", which a placement cannot record.', '__proto__'), t('Give the dimension another name.'));
  }
  const known = new Set(free.map((dimension) => dimension.symbol));
  for (const [symbol, size] of Object.entries(bind)) {
    const subject = basename(model.path);
    if (!known.has(symbol)) {
      const remedy = free.length === 0 ? t('All dimensions of its inputs are fixed.') : t('Its inputs have: {0}.', free.map((dimension) => dimension.symbol).join(', '));
      throw new UserError(subject, t('no input has a dimension "{0}".', symbol), remedy);
    }
    if (!Number.isSafeInteger(size) || size < 0) throw new UserError(subject, t('dimension "{0}" cannot be {1}.', symbol, size), t('Bind it to a whole number of 0 or more.'));
  }
  const open = assume && free.some((dimension) => !Object.hasOwn(bind, dimension.symbol));
  // what is suggested for one dimension depends on what the others are bound to: inference tries which sizes the model accepts
  const suggested = open ? inferShapes(model, new Map(Object.entries(bind))).free : [];
  const assumed = suggested.map(({ symbol, suggestion, occurrences }): AssumedDimension => ({ symbol, value: suggestion, occurrences }));
  return { bound: Object.fromEntries([...Object.entries(bind), ...assumed.map(({ symbol, value }) => [symbol, value] as const)]), assumed };
}
