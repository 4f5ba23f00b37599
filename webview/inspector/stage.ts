import { formatBytes, formatPercent, formatSeconds } from '../../src/shared/format';
import { deviceText } from '../stages/table';
import { el } from '../ui/dom';
import { facts, linkList, operatorLink, section, stageSwatch, tensorLink, type InspectorContext } from './parts';

/** One stage: what its load and memory consist of, and what it sends and receives. */
export function stagePane(context: InspectorContext, index: number): Node[] {
  const { view } = context;
  const plan = view.plan!;
  const stage = plan.stages[index]!;
  const own = view.operators.flatMap((operator, i) => (operator.stage === index && !operator.foldable ? [i] : []));
  const heaviest = own.sort((a, b) => (view.operators[b]!.seconds ?? 0) - (view.operators[a]!.seconds ?? 0)).slice(0, 5);
  const sent = plan.cuts.filter((cut) => cut.from === index);
  const received = plan.cuts.filter((cut) => cut.to.includes(index));
  const used = stage.weightBytes + stage.activationBytes;
  return [
    el('p', { class: 'kind' }, 'Stage'),
    el('h2', {}, stageSwatch(view, index), ` ${deviceText(stage)}`),
    ...(stage.bottleneck && plan.stages.length > 1 ? [el('p', {}, 'The bottleneck: no sample can follow another faster than this stage takes.')] : []),
    section('Load', facts([['Compute', formatSeconds(stage.computeSeconds)], ['Transfers', formatSeconds(stage.communicationSeconds)], ['Together', formatSeconds(stage.loadSeconds)], ['Forward', stage.forwardSeconds === undefined ? null : formatSeconds(stage.forwardSeconds)], ['Backward', stage.backwardSeconds === undefined ? null : formatSeconds(stage.backwardSeconds)], ['Micro-batches in flight', stage.inFlight === undefined ? null : String(stage.inFlight)]])),
    section(
      'Memory',
      facts([
        ['Weights', formatBytes(stage.weightBytes)],
        ['Activations', formatBytes(stage.activationBytes)],
        ['Capacity', stage.memoryCapacityBytes === null ? 'unbounded' : formatBytes(stage.memoryCapacityBytes)],
        ['Used', stage.memoryCapacityBytes === null ? null : formatPercent(used / stage.memoryCapacityBytes)],
      ]),
    ),
    ...(stage.heaviest.length === 0 ? [] : [section('Time by type', facts(stage.heaviest.map((h) => [`${h.type} × ${h.count}`, formatSeconds(h.seconds)] as const)))]),
    ...(heaviest.length === 0 ? [] : [section('Slowest operators', linkList(heaviest, (o) => operatorLink(context, o)))]),
    ...(received.length === 0 ? [] : [section('Receives', linkList(received.map((cut) => cut.tensor), (t) => tensorLink(context, t)))]),
    ...(sent.length === 0 ? [] : [section('Sends', linkList(sent.map((cut) => cut.tensor), (t) => tensorLink(context, t)))]),
  ];
}
