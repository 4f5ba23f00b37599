import { DEFAULT_PRESET, presets } from '../cost/presets';

/** The presets as a help text lists them. */
export function presetList(): string {
  const widest = Math.max(...[...presets.keys()].map((name) => name.length));
  return [...presets].map(([name, cluster]) => `  ${name.padEnd(widest + 2)}${cluster.name}${name === DEFAULT_PRESET ? ' (default)' : ''}`).join('\n');
}
