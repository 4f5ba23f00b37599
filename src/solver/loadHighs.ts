import type { Highs } from 'highs';

/**
 * A fresh instance of HiGHS (about 90 ms): imported only here, so that whoever needs no integer program loads no WebAssembly.
 * Each solve takes its own instance, because an instance whose run aborted cannot be used again.
 */
export async function loadHighs(): Promise<Highs> {
  const { default: load } = await import('highs');
  return load();
}
