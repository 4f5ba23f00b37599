import { stageLoad, type Pipeline, type PipelineStage, type Work } from './pipeline';

const share = ({ computeSeconds, receiveSeconds, sendSeconds }: Work, chunks: number): Work => ({ computeSeconds: computeSeconds / chunks, receiveSeconds, sendSeconds });

/**
 * What a pipeline of one stage per device would be if each device held several chunks of the model, dealt out in rounds. An estimate, since no such plan was
 * made: each chunk takes its part of its device's computing, weights and activations and pays the whole transfers of the device's stage, and from
 * the last device back to the first what the dearest stage pays. So transfers grow with the number of chunks, as in the source (Narayanan et al., SC
 * 2021, section 2.2).
 *
 * @param pipeline with stage s on device s, without replicas
 * @param chunks at least 1
 */
export function inChunks(pipeline: Pipeline, chunks: number): Pipeline {
  const { devices, stages } = pipeline;
  const p = stages.length;
  if (devices.length !== p || stages.some(({ device, replicas }, s) => device !== s || replicas !== 1)) throw new Error('inChunks: a stage for each device is needed');
  if (chunks === 1) return pipeline;
  const most = (of: (stage: PipelineStage) => number | undefined): number => Math.max(0, ...stages.map((stage) => of(stage) ?? 0));
  const all = Array.from({ length: chunks }, (_, chunk) =>
    stages.map((stage, s): PipelineStage => {
      const first = s === 0 && chunk > 0;
      const last = s === p - 1 && chunk < chunks - 1;
      const forward = share(stage.forward, chunks);
      const backward = stage.backward && share(stage.backward, chunks);
      return {
        ...stage,
        name: `${stage.name}.${chunk}`,
        sources: chunk === 0 && s === 0 ? [] : [chunk * p + s - 1],
        forward: {
          ...forward,
          ...(first && { receiveSeconds: most(({ forward: { receiveSeconds } }) => receiveSeconds) }),
          ...(last && { sendSeconds: most(({ forward: { sendSeconds } }) => sendSeconds) }),
        },
        backward: backward && {
          ...backward,
          ...(last && { receiveSeconds: most((of) => of.backward?.receiveSeconds) }),
          ...(first && { sendSeconds: most((of) => of.backward?.sendSeconds) }),
        },
        weightBytes: stage.weightBytes / chunks,
        activationBytesPerMicroBatch: stage.activationBytesPerMicroBatch / chunks,
      };
    }),
  ).flat();
  return { devices, stages: all };
}

/** The largest load of a device, in seconds per micro-batch, where a device may run several stages. */
export function largestLoad(pipeline: Pipeline): number {
  const loads = pipeline.devices.map(() => 0);
  for (const stage of pipeline.stages) {
    const { seconds } = stageLoad(pipeline, stage);
    for (let replica = 0; replica < stage.replicas; replica++) loads[stage.device + replica]! += seconds;
  }
  return Math.max(0, ...loads);
}
