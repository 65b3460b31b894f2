import { checkPart } from './check.ts';
import type { Dialog, DialogPart } from './dialog.ts';
import { draftPart } from './draft.ts';
import { helpPart } from './help.ts';
import { journalPart } from './journal.ts';
import { menuPart } from './menu.ts';
import { mergePart } from './merge.ts';
import { palettePart } from './palette.ts';
import { planPart } from './plan.ts';
import { revisionPart } from './revision.ts';
import { runPart } from './run.ts';
import { schemaPart } from './schema.ts';
import { targetPart } from './target.ts';
import { textPart } from './text.ts';

const parts: { readonly [K in Dialog['kind']]: DialogPart<Extract<Dialog, { kind: K }>> } = {
  menu: menuPart,
  target: targetPart,
  plan: planPart,
  run: runPart,
  merge: mergePart,
  draft: draftPart,
  revision: revisionPart,
  check: checkPart,
  journal: journalPart,
  help: helpPart,
  palette: palettePart,
  schema: schemaPart,
  text: textPart,
};

/** How a dialog answers keys and is drawn. */
export const partOf = (dialog: Dialog): DialogPart<Dialog> => parts[dialog.kind] as DialogPart<Dialog>;
