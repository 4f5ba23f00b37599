import { UserError } from '../../shared/userError';
import { positionAt } from '../../shared/jsonPosition';
import { serverOf, type ImportedCluster, type ImportOptions } from './accelerator';
import { descendants, parseXml } from './xml';

/** Compute capability to the class of a preset. */
const CLASS_OF_SM: Readonly<Record<string, string>> = { 80: 'a100', 89: 'l4', 90: 'h100', 100: 'b200' };
const NETWORK_EFFICIENCY = 0.9;

/** Reads the topology that NCCL dumps (NCCL_TOPO_DUMP_FILE, NCCL 2.10 to 2.27). @throws UserError if it is not such a file */
export function importNccl(text: string, subject: string, options: ImportOptions): ImportedCluster {
  const system = parseXml(text);
  if ('problem' in system) {
    const { line, column } = positionAt(text, system.offset);
    throw new UserError(`${subject}:${line}:${column}`, `is no XML that is read here: ${system.problem}.`, 'Dump it again with NCCL_TOPO_DUMP_FILE.');
  }
  const wrong = (problem: string): UserError => new UserError(subject, problem, 'Dump the topology with NCCL_TOPO_DUMP_FILE.');
  if (system.name !== 'system') throw wrong(`has the root element <${system.name}>, not <system>.`);
  const gpus = descendants(system, 'pci').flatMap((pci) => pci.children.filter(({ name }) => name === 'gpu').map((gpu) => ({ gpu, bus: pci.attributes.get('busid') ?? '' })));
  if (gpus.length === 0) throw wrong('has no <gpu>.');
  const notes: string[] = [];

  const capabilities = new Set(gpus.map(({ gpu }) => gpu.attributes.get('sm') ?? '?'));
  if (capabilities.size > 1) throw wrong(`has GPUs of different kinds (sm ${[...capabilities].join(', ')}), which are not read.`);
  const [sm] = capabilities;
  const device = options.device ?? CLASS_OF_SM[sm!];
  if (device === undefined) throw new UserError(subject, `has GPUs of compute capability ${sm!}, which no preset describes.`, 'Name the preset whose numbers to take with --device.');
  if (options.device === undefined) notes.push(`Compute capability ${sm!} is taken for ${device}; name another with --device.`);

  const count = (value: string | undefined): number => {
    if (value === undefined || !/^\d{1,3}$/.test(value)) throw wrong(`has an <nvlink> with the count "${value ?? ''}".`);
    return Number(value);
  };
  const links = gpus.map(({ gpu }) => descendants(gpu, 'nvlink').map(({ attributes }) => ({ target: attributes.get('target') ?? '', class: attributes.get('tclass') ?? '', count: count(attributes.get('count')) })));
  /** to a switch, which leads everywhere: class 0x0680, a bridge of another kind */
  const bySwitch = links.map((own) => own.filter((link) => link.class.startsWith('0x0680')).reduce((sum, link) => sum + link.count, 0));
  let fewest = Infinity;
  links.forEach((own, i) => gpus.forEach(({ bus }, j) => {
    if (i === j) return;
    const direct = own.filter(({ target }) => target === bus).reduce((sum, link) => sum + link.count, 0);
    fewest = Math.min(fewest, direct + Math.min(bySwitch[i]!, bySwitch[j]!));
  }));
  if (gpus.length > 1 && links.some((own) => own.length > 0) && fewest === 0) notes.push('Some pairs of GPUs have no NVLink: all are taken to reach each other by way of the host.');
  // one processor: PCIe switches and the root complex pass data from device to device
  const oneSocket = system.children.filter(({ name }) => name === 'cpu').length <= 1;
  const nvlinks = fewest === Infinity ? null : fewest > 0 ? fewest : oneSocket ? 0 : null;

  const speeds = descendants(system, 'net').map(({ attributes }) => Number(attributes.get('speed'))).filter((speed) => speed > 0 && Number.isFinite(speed));
  const total = speeds.reduce((sum, speed) => sum + speed, 0) * 1e6 / 8;
  const net = total > 0 ? { bytesPerSecond: total / gpus.length * NETWORK_EFFICIENCY, source: `NCCL topology: ${speeds.length} network adapters of ${speeds[0]!} Mbit/s shared by ${gpus.length} GPUs; 0.9 of the nominal rate` } : undefined;
  if (net && (options.servers ?? 1) === 1) notes.push(`${speeds.length} network adapters: for several such servers say --servers.`);
  return { cluster: serverOf(device, gpus.length, nvlinks, 'NCCL topology', subject, options, net), notes };
}
