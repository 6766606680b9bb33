// What keys do, and what is understood while typing.
import { chainCommands, exitCode, setBlockType, toggleMark, wrapIn } from "prosemirror-commands";
import { InputRule, inputRules, textblockTypeInputRule, wrappingInputRule } from "prosemirror-inputrules";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import { goToNextCell, isInTable } from "prosemirror-tables";

import { schema } from "./schema.js";

const { nodes, marks } = schema;

const lineBreak = chainCommands(exitCode, (state, dispatch) => {
  const { $from } = state.selection;
  if (!$from.parent.contentMatchAt($from.index()).matchType(nodes.hard_break)) return false;
  dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
  return true;
});

/** A cell is one line: Enter leads to the next. */
const nextCell = (state, dispatch) => isInTable(state) && (goToNextCell(1)(state, dispatch) || true);

/** Keys for words, lists and blocks: in the text and in footnotes. */
export const textKeys = {
  "Mod-b": toggleMark(marks.strong),
  "Mod-i": toggleMark(marks.em),
  "Mod-e": toggleMark(marks.code),
  "Shift-Mod-8": wrapInList(nodes.bullet_list),
  "Shift-Mod-7": wrapInList(nodes.ordered_list),
  "Shift-Mod-9": wrapIn(nodes.blockquote),
  "Mod-[": liftListItem(nodes.list_item),
  "Mod-]": sinkListItem(nodes.list_item),
  "Shift-Enter": lineBreak,
  Enter: chainCommands(nextCell, splitListItem(nodes.list_item)),
};

/** Keys for headings and tables: in the text only. */
export const blockKeys = {
  "Mod-Alt-0": setBlockType(nodes.paragraph),
  "Mod-Alt-2": setBlockType(nodes.heading, { level: 2 }),
  "Mod-Alt-3": setBlockType(nodes.heading, { level: 3 }),
  "Mod-Alt-4": setBlockType(nodes.heading, { level: 4 }),
  // Outside a table the Tab key goes on to the next control.
  Tab: goToNextCell(1),
  "Shift-Tab": goToNextCell(-1),
};

/** The marks of the text format, typed at the start of a paragraph, become what they mean. */
export const rules = ({ headings = false } = {}) =>
  inputRules({
    rules: [
      wrappingInputRule(/^\s*>\s$/, nodes.blockquote),
      wrappingInputRule(/^\s*[-*+]\s$/, nodes.bullet_list),
      wrappingInputRule(
        /^([0-9]{1,3})\.\s$/,
        nodes.ordered_list,
        (match) => ({ order: Number(match[1]) }),
        (match, node) => node.childCount + node.attrs.order === Number(match[1]),
      ),
      textblockTypeInputRule(/^```$/, nodes.code_block),
      ...(headings
        ? [
            textblockTypeInputRule(/^(#{1,4})\s$/, nodes.heading, (match) => ({
              level: Math.max(match[1].length, 2),
            })),
            new InputRule(/^(?:\*\*\*|---)$/, (state, _match, start, end) =>
              state.tr.replaceRangeWith(start - 1, end, nodes.horizontal_rule.create()),
            ),
          ]
        : []),
    ],
  });
