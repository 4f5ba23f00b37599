import type { FromWebview, ToWebview } from '../../src/shared/messages';
import type { MoveChoice, MoveOption, MovePreview } from '../../src/shared/planEdits';

/** What the host was asked about moves, and knows. */
export interface MoveQuestions {
  /** Where operators may move: at once if it is known, else null, and `onAnswer` is called once it is. */
  readonly options: (operators: readonly number[]) => readonly MoveOption[] | null;
  /** The same of what a move would come to. One question is under way at a time: what is asked meanwhile waits, and only the last of it is asked. */
  readonly preview: (move: MoveChoice) => MovePreview | null;
  /** nothing is dragged any longer: what was asked about it need not be answered */
  readonly endPreview: () => void;
  /** another plan is on view: nothing is known of it */
  readonly forget: () => void;
  readonly receive: (message: ToWebview) => void;
}

export function moveQuestions(post: (message: FromWebview) => void, onAnswer: () => void): MoveQuestions {
  let number = 0;
  let options: { readonly question: number; readonly key: string; known: readonly MoveOption[] | null } | null = null;
  let preview: { readonly question: number; readonly key: string; known: MovePreview | null } | null = null;
  let waiting: MoveChoice | null = null;

  const askPreview = (move: MoveChoice): void => {
    preview = { question: ++number, key: JSON.stringify(move), known: null };
    post({ type: 'previewMove', question: number, move });
  };
  return {
    options(operators) {
      const key = operators.join();
      if (options?.key !== key) {
        options = { question: ++number, key, known: null };
        post({ type: 'moveOptions', question: number, operators });
      }
      return options.known;
    },
    preview(move) {
      if (preview?.key === JSON.stringify(move)) {
        waiting = null;
        return preview.known;
      }
      if (preview === null || preview.known !== null) askPreview(move);
      else waiting = move;
      return null;
    },
    endPreview() {
      preview = waiting = null;
    },
    forget() {
      options = preview = waiting = null;
    },
    receive(message) {
      if (message.type === 'moveOptions' && options?.question === message.question) options.known = message.options;
      else if (message.type === 'movePreview' && preview?.question === message.question) {
        preview.known = message.preview;
        if (waiting !== null) askPreview(waiting);
        waiting = null;
      } else return;
      onAnswer();
    },
  };
}
