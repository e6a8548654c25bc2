/** Every source that there is. A new one is a file and a case here. */
import type { SourceConfig } from '../model/topology.ts';
import type { Needles, OpenSource, SourceSink } from './source.ts';

/**
 * Opens a source; what it needs is loaded only then.
 * @param declaredAttributes names of attributes that the topology tells its nodes apart by
 * @throws an `in-the-way` error where a port of this machine is taken
 */
export async function openSource(
  config: SourceConfig,
  needles: Needles,
  declaredAttributes: ReadonlySet<string>,
  sink: SourceSink,
): Promise<OpenSource> {
  switch (config.kind) {
    case 'otlp': {
      const { openOtlpReceiver } = await import('./otlp/receiver.ts');
      return openOtlpReceiver(config, needles, declaredAttributes, sink);
    }
    case 'otlp-file': {
      const { openOtlpFile } = await import('./otlp-file.ts');
      return openOtlpFile(config, needles, declaredAttributes, sink);
    }
  }
}
