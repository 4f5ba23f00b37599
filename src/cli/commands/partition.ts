import { relative, resolve } from 'node:path';
import { partitionModel } from '../../engine/partitionModel';
import type { Partition, PartitionRequest } from '../../engine/requests';
import { optimizers } from '../../cost/training';
import { objectives } from '../../placement/problem';
import { looseMethods, placementMethods } from '../../placement/solvePlacement';
import { saveAtomically } from '../../sidecar/saveAtomically';
import { formatSeconds } from '../../shared/format';
import { measuredSentence } from '../../shared/measured';
import { presetList } from '../clusterHelp';
import { parseBindings, parseChoice, parseCount, parseSeconds, type Arguments, type Command } from '../command';
import { cutTable, stageTable, warningLines } from '../planTable';
import { PROFILE_HELP, profileChoice, profileOptions } from '../profileOption';
import { progressBar } from '../progressBar';
import { printable } from '../table';
import { styler, type Terminal } from '../terminal';

/** The methods that make pipelines; the plain integer program need not. */
const METHODS = placementMethods.filter((method) => !looseMethods.includes(method));

const HELP = `Usage: stagewright partition <model.onnx> [options]

Splits a model into stages, one device each, and writes the placement beside the model.

  --cluster c      a preset, or the path of a *.cluster.json file
  --bind n=v       bind the symbolic dimension n of the inputs to v; may be repeated.
                   Dimensions that are not bound take a suggested value, which is shown.
  --objective o    throughput: the smallest time per sample of a full pipeline (default)
                   1f1b, gpipe: the same for training, in PipeDream's or in GPipe's order; the backward pass is derived
                   latency: the shortest time of a single sample
  --method m       ${METHODS.join(', ')} (default: auto)
  --time-limit s   stop improving after so many seconds; the certificate says how good the plan is
  --replicas r     at most r devices for one stage, each with a share of the samples (default: 1)
  --micro-batches m, --optimizer adam|momentum|sgd
                   1f1b and gpipe: micro-batches of a batch (default: 4 for each device), and whose state takes memory (default: adam)
  --slots q        latency: at most q subgraphs for a device, one after the other (default: 1)
  --out file       where to write the placement instead of <model.onnx>.placement.json;
                   the model must lie in that folder or below it
${PROFILE_HELP}  --json           {"model", "sidecar", "cluster", "objective", "bound", "assumed", "value", "lowerBound", "optimal", "method", "certificate",
                   "seconds", "stages": [{"name", "device", "computeSeconds", "communicationSeconds", "loadSeconds", "weightBytes",
                   "activationBytes", "memoryCapacityBytes", "operatorCount", "bottleneck", "heaviest", and where they apply
                   "replicas", "forwardSeconds", "backwardSeconds", "inFlight"}],
                   "cuts": [{"tensor", "bytes", "from", "to", "transferSeconds"}], "warnings",
                   and with a profile "measured": {"device", "deviceClass", "operators", "of"}}

Pins in a placement that is there already, to devices and to stages, are kept, and so are fields that this version does not know.

Presets:
`;

export const partition: Command = {
  name: 'partition',
  summary: 'splits a model into stages and writes its placement',
  get help() {
    return `${HELP}${presetList()}\n`;
  },
  options: {
    bind: { type: 'string', multiple: true },
    cluster: { type: 'string' },
    objective: { type: 'string' },
    method: { type: 'string' },
    'time-limit': { type: 'string' },
    replicas: { type: 'string' },
    slots: { type: 'string' },
    'micro-batches': { type: 'string' },
    optimizer: { type: 'string' },
    out: { type: 'string' },
    ...profileOptions,
  },
  operands: [1, 1],
  run: async (args, terminal) => {
    const request = requestOf(args);
    const bar = progressBar(terminal);
    try {
      const result = await partitionModel(request, bar);
      bar.clear();
      const shown = shortest(result.sidecarPath);
      saveAtomically(result.sidecarPath, result.text, result.previous, shown);
      terminal.out(args.flag('json') ? `${JSON.stringify(summary(result, shown), null, 2)}\n` : text(result, shown, terminal));
      return 0;
    } finally {
      bar.clear();
    }
  },
};

function requestOf(args: Arguments): PartitionRequest {
  const cluster = args.text('cluster');
  const objective = parseChoice('objective', args.text('objective'), objectives);
  const method = parseChoice('method', args.text('method'), METHODS);
  const timeLimitSeconds = parseSeconds('time-limit', args.text('time-limit'));
  const replicas = parseCount('replicas', args.text('replicas'));
  const slots = parseCount('slots', args.text('slots'));
  const microBatches = parseCount('micro-batches', args.text('micro-batches'));
  const optimizer = parseChoice('optimizer', args.text('optimizer'), optimizers);
  const training = { ...(microBatches === undefined ? {} : { microBatches }), ...(optimizer === undefined ? {} : { optimizer }) };
  const out = args.text('out');
  const profile = profileChoice(args);
  return {
    modelPath: args.operands[0]!,
    bind: parseBindings(args.list('bind')),
    ...(cluster === undefined ? {} : { cluster }),
    ...(objective === undefined ? {} : { objective }),
    ...(method === undefined ? {} : { method }),
    ...(timeLimitSeconds === undefined ? {} : { timeLimitSeconds }),
    ...(replicas === undefined ? {} : { replicas }),
    ...(slots === undefined ? {} : { slots }),
    ...(Object.keys(training).length === 0 ? {} : { training }),
    ...(out === undefined ? {} : { sidecarPath: resolve(out) }),
    ...(profile === undefined ? {} : { profile }),
  };
}

/** The path as it is shorter: from the working folder, or absolute. */
function shortest(path: string): string {
  const way = relative(process.cwd(), path);
  return way !== '' && way.length < path.length ? way : path;
}

function summary({ view, file, solveSeconds, assumed }: Partition, sidecar: string) {
  const plan = view.plan!;
  const { sentence, ...certificate } = plan.certificate;
  return {
    model: view.modelName,
    sidecar,
    cluster: plan.cluster,
    objective: plan.objective,
    bound: file.model.bound,
    assumed: assumed.map(({ symbol, value }) => ({ symbol, value })),
    ...certificate,
    certificate: sentence,
    seconds: solveSeconds,
    stages: plan.stages,
    cuts: plan.cuts.map((cut) => ({ ...cut, tensor: view.tensors[cut.tensor]!.name, bytes: view.tensors[cut.tensor]!.bytes })),
    warnings: view.warnings,
    ...(view.measured && { measured: view.measured }),
  };
}

function text({ view, assumed, solveSeconds }: Partition, sidecar: string, terminal: Terminal): string {
  const { bold, faint } = styler(terminal);
  const plan = view.plan!;
  const { certificate } = plan;
  const cuts = cutTable(view, plan, terminal);
  return [
    `${bold(printable(view.modelName))} on ${printable(plan.cluster.name)}: ${bold(`${formatSeconds(certificate.value)} per sample`)}\n`,
    `${certificate.sentence} ${faint(`(${certificate.method}, ${formatSeconds(solveSeconds)})`)}\n`,
    ...(assumed.length > 0 ? [`assumed ${assumed.map(({ symbol, value }) => `${printable(symbol)}=${value}`).join(', ')} (set with --bind)\n`] : []),
    ...(view.measured ? [`${printable(measuredSentence(view.measured))}\n`] : []),
    '\n',
    stageTable(plan, terminal),
    ...(cuts === '' ? [] : ['\n', cuts]),
    ...(view.warnings.length > 0 ? ['\n', warningLines(view.warnings, terminal)] : []),
    `\nwritten to ${printable(sidecar)}\n`,
  ].join('');
}
