import { t } from '@vscode/l10n';
import { closeSync, readSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { throwIfCancelled, unattended, type Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import { checkGraph } from './checkGraph';
import type { ReadContext } from './context';
import { externalDataChecker } from './externalData';
import { readFunction, type LocalFunction } from './function';
import { readGraphProto, type ParsedGraph } from './graph';
import { inlineFunctions } from './inlineFunctions';
import type { ByteRange, DeviceConfiguration, OnnxModel } from './model';
import { explainHead, openModelFile } from './openModelFile';
import { readOpsetImport, readStringEntry } from './smallMessages';
import { quote } from './quote';
import { BYTES, createWire, VARINT, type Wire } from './wire';

/** The newest IR version whose changes this reader knows (ONNX 1.20). */
const NEWEST_IR_VERSION = 13;
/** Operators older than this had other attributes and broadcasting rules. */
const OLDEST_OPSET = 7;
const MOST_WARNINGS = 100;
const TICK_RECORDS = 256;

/**
 * Reads an ONNX model of any size: its topology into memory, while weights stay on disk as byte ranges. Local functions are
 * inlined, nodes are sorted topologically, references to external data are checked.
 * @param path of the file; errors call it by the path as given
 * @throws UserError if it is not a complete and consistent model; CancelledError if `control` says so
 */
export function readModel(path: string, control: Control = unattended): OnnxModel {
  control.report({ phase: t('reading') });
  const { descriptor, size } = openModelFile(path);
  try {
    return readOpened(path, createWire(descriptor, size, path), control);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const head = Buffer.alloc(Math.min(512, size));
    throw explainHead(path, head.subarray(0, readSync(descriptor, head, 0, head.length, 0))) ?? error;
  } finally {
    closeSync(descriptor);
  }
}

function readOpened(path: string, wire: Wire, control: Control): OnnxModel {
  const absolute = resolve(path);
  const warnings = new Set<string>();
  let left = TICK_RECORDS;
  const context: ReadContext = {
    wire,
    warn: (text) => void (warnings.size < MOST_WARNINGS && warnings.add(text)),
    external: externalDataChecker(path, dirname(absolute)),
    readGraph: (start, end, depth) => readGraphProto(context, start, end, depth),
    tick: (position) => {
      if (--left > 0) return;
      left = TICK_RECORDS;
      throwIfCancelled(control);
      control.report({ phase: t('reading'), fraction: position / wire.size });
    },
  };

  let irVersion = 0;
  let producerName = '';
  let producerVersion = '';
  let graph: ParsedGraph | undefined;
  let graphRange: ByteRange | undefined;
  const opsetImports = new Map<string, number>();
  const metadata = new Map<string, string>();
  const deviceConfigurations: DeviceConfiguration[] = [];
  const functions: LocalFunction[] = [];

  wire.eachField(0, wire.size, (f) => {
    if (f.number === 1 && f.type === VARINT) irVersion = f.value;
    if (f.type !== BYTES) return;
    switch (f.number) {
      case 2: producerName = wire.text(f.start, f.end); break;
      case 3: producerVersion = wire.text(f.start, f.end); break;
      case 7:
        if (graphRange !== undefined) throw wire.damaged('there is a second graph', f.at);
        graphRange = { offset: f.at, length: f.end - f.at };
        graph = readGraphProto(context, f.start, f.end, 0);
        break;
      case 8: opsetImports.set(...readOpsetImport(wire, f.start, f.end)); break;
      case 14: metadata.set(...readStringEntry(wire, f.start, f.end)); break;
      case 25: functions.push(readFunction(context, f.start, f.end)); break;
      case 26: deviceConfigurations.push(readDeviceConfiguration(wire, f.start, f.end)); break;
    }
  });

  if (graph === undefined || graphRange === undefined) throw new UserError(path, 'is not an ONNX model: it holds no graph.', 'Choose an .onnx file.');
  if (graph.nodes.length === 0 && graph.outputs.length === 0) throw new UserError(path, 'holds a graph without operators and outputs.', 'Fetch or export the file again.');
  checkVersions(path, irVersion, opsetImports, context.warn);
  const inlined = inlineFunctions(graph, functions, opsetImports, { subject: path, warn: context.warn });
  throwIfCancelled(control);
  return {
    path: absolute,
    fileBytes: wire.size,
    irVersion,
    producerName,
    producerVersion,
    opsetImports: inlined.opsetImports,
    metadata,
    deviceConfigurations,
    graph: checkGraph(inlined.graph, { subject: path, irVersion, warn: context.warn }),
    graphRange,
    warnings: [...warnings],
  };
}

function checkVersions(subject: string, irVersion: number, opsets: ReadonlyMap<string, number>, warn: (text: string) => void): void {
  if (irVersion < 0) throw new UserError(subject, `has the IR version ${irVersion}.`, 'Fetch or export the file again.');
  if (irVersion === 0) warn('the file states no IR version; it is read as one of today');
  if (irVersion > NEWEST_IR_VERSION) warn(`IR version ${irVersion} is newer than ${NEWEST_IR_VERSION}, the newest that is known; what it added is ignored`);
  for (const [domain, version] of opsets) {
    if (version < 1) throw new UserError(subject, `imports version ${version} of the operators of ${quote(domain === '' ? 'ai.onnx' : domain)}.`, 'Fetch or export the file again.');
  }
  // IR versions 1 and 2 knew of no operator sets
  if (opsets.size === 0 && irVersion !== 1 && irVersion !== 2) {
    throw new UserError(subject, 'names no operator set (opset_import), so its operators have no meaning.', 'Fetch the file again: its end may be missing.');
  }
  const opset = opsets.size === 0 ? 1 : opsets.get('');
  if (opset !== undefined && opset < OLDEST_OPSET) warn(`opset ${opset} is older than ${OLDEST_OPSET}; shapes and costs of some operators may be wrong. Convert the model to a newer opset`);
}

/** DeviceConfigurationProto, which onnx-proto does not know: name = 1, num_devices = 2, device = 3. */
function readDeviceConfiguration(wire: Wire, start: number, end: number): DeviceConfiguration {
  let name = '';
  let deviceCount = 0;
  const devices: string[] = [];
  wire.eachField(start, end, (f) => {
    if (f.number === 1 && f.type === BYTES) name = wire.text(f.start, f.end);
    else if (f.number === 2 && f.type === VARINT) deviceCount = f.value;
    else if (f.number === 3 && f.type === BYTES) devices.push(wire.text(f.start, f.end));
  });
  return { name, deviceCount, devices };
}
