import { forTypes, type Formulas } from '../operands';

/** What only moves, selects, makes up or relabels data: no FLOPs; its bytes bound it. */
const nothing = (): number => 0;

export const movements: Formulas = [
  ...forTypes('Where Transpose Concat Split Slice Gather GatherElements GatherND Scatter ScatterElements ScatterND TensorScatter Expand Tile Pad Cast CastLike BitCast', nothing),
  ...forTypes('Reshape Flatten Squeeze Unsqueeze Identity Dropout Shape Size Constant ConstantOfShape Range OneHot NonZero Compress Unique EyeLike Trilu', nothing),
  ...forTypes('MaxUnpool DepthToSpace SpaceToDepth ReverseSequence CenterCropPad', nothing),
  ...forTypes('SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceLength SplitToSequence ConcatFromSequence', nothing),
  ...forTypes('Optional OptionalGetElement OptionalHasElement', nothing),
  ...forTypes('com.microsoft:Unique com.microsoft:Trilu com.microsoft:Pad com.microsoft:ExpandDims com.microsoft:GatherND com.microsoft:Range com.microsoft:RelativePositionBias', nothing),
  ...forTypes('com.microsoft:BitmaskDropout com.microsoft:RestorePadding com.microsoft:RemovePadding com.microsoft:NGramRepeatBlock com.microsoft:UnfoldTensor', nothing),
];
