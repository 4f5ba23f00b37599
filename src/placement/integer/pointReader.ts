import type { IntegerProgram } from '../../solver/integerProgram';

/** An integer program whose points stand for placements. */
export interface PointReader {
  readonly program: IntegerProgram;
  /** reads the assignment of operators to devices from a point */
  readonly assignment: (values: Float64Array) => Int32Array;
}
