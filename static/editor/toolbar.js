// The toolbar: one stop of the Tab key, arrows inside (WAI-ARIA Authoring Practices, toolbar).
import { lift, setBlockType, toggleMark, wrapIn } from "prosemirror-commands";
import { redo, undo } from "prosemirror-history";
import { liftListItem, wrapInList } from "prosemirror-schema-list";
import { TextSelection } from "prosemirror-state";
import {
  addColumnAfter,
  addRowAfter,
  deleteColumn,
  deleteRow,
  deleteTable,
  isInTable,
  selectedRect,
} from "prosemirror-tables";

import { icon } from "./icons.js";
import { schema } from "./schema.js";

const { nodes, marks } = schema;

function hasMark(type) {
  return (state) => {
    const { from, to, empty, $from } = state.selection;
    if (empty) return Boolean(type.isInSet(state.storedMarks ?? $from.marks()));
    return state.doc.rangeHasMark(from, to, type);
  };
}

const within = (type) => (state) => {
  const { $from } = state.selection;
  for (let depth = $from.depth; depth > 0; depth -= 1) if ($from.node(depth).type === type) return true;
  return false;
};

const isBlock = (type, attrs) => (state) => state.selection.$from.parent.hasMarkup(type, attrs);

/** Turns into it, or back where it is that already. */
const toggle = (active, on, off) => (state, dispatch, view) =>
  (active(state) ? off : on)(state, dispatch, view);

const block = (type, attrs) => {
  const active = isBlock(type, attrs);
  return { active, run: toggle(active, setBlockType(type, attrs), setBlockType(nodes.paragraph)) };
};
const list = (type) => ({
  active: within(type),
  run: toggle(within(type), wrapInList(type), liftListItem(nodes.list_item)),
});
const mark = (type) => ({ active: hasMark(type), run: toggleMark(type) });

/** A table of two columns and three rows, the cursor in its first cell. */
function insertTable(state, dispatch) {
  const { $from } = state.selection;
  if (isInTable(state) || !$from.node(-1)?.canReplaceWith($from.index(-1), $from.indexAfter(-1), nodes.table))
    return false;
  const row = (type) => nodes.table_row.create(null, [type.create(), type.create()]);
  const table = nodes.table.create(null, [
    row(nodes.table_header),
    row(nodes.table_cell),
    row(nodes.table_cell),
  ]);
  if (dispatch) {
    const transaction = state.tr.replaceSelectionWith(table);
    const start = transaction.mapping.map(state.selection.from, -1);
    let at = null;
    transaction.doc.nodesBetween(Math.max(start - 1, 0), transaction.doc.content.size, (node, pos) => {
      if (at === null && node.type === nodes.table_header) at = pos + 1;
    });
    if (at !== null) transaction.setSelection(TextSelection.create(transaction.doc, at));
    dispatch(transaction.scrollIntoView());
  }
  return true;
}

const insertRule = (state, dispatch) => {
  const { $from } = state.selection;
  if (isInTable(state)) return false;
  if (!$from.node(-1)?.canReplaceWith($from.index(-1), $from.indexAfter(-1), nodes.horizontal_rule)) return false;
  dispatch?.(state.tr.replaceSelectionWith(nodes.horizontal_rule.create()).scrollIntoView());
  return true;
};

/** The whole column's alignment, since the text format knows no other. */
const align = (value) => ({
  active: (state) => isInTable(state) && alignmentHere(state) === value,
  run: (state, dispatch) => {
    if (!isInTable(state)) return false;
    const { map, table, tableStart, left } = selectedRect(state);
    const next = alignmentHere(state) === value ? "" : value;
    const transaction = state.tr;
    for (let row = 0; row < map.height; row += 1) {
      const pos = map.map[row * map.width + left];
      transaction.setNodeMarkup(tableStart + pos, null, { ...table.nodeAt(pos).attrs, align: next });
    }
    dispatch?.(transaction);
    return true;
  },
});

function alignmentHere(state) {
  const { map, table, left } = selectedRect(state);
  return table.nodeAt(map.map[left]).attrs.align;
}

/** Not the head: a table of the text format begins with it. */
const removeRow = (state, dispatch) => isInTable(state) && selectedRect(state).top > 0 && deleteRow(state, dispatch);
const removeColumn = (state, dispatch) =>
  isInTable(state) && selectedRect(state).map.width > 1 && deleteColumn(state, dispatch);

/** The buttons in their order; those that open something are given. */
const buttonsOf = ({ link, footnote, figure }) => [
  ["heading", block(nodes.heading, { level: 2 })],
  ["subheading", block(nodes.heading, { level: 3 })],
  ["minor", block(nodes.heading, { level: 4 })],
  ["strong", mark(marks.strong)],
  ["emphasis", mark(marks.em)],
  ["code", mark(marks.code)],
  ["link", { active: hasMark(marks.link), run: link }],
  ["bullets", list(nodes.bullet_list)],
  ["numbers", list(nodes.ordered_list)],
  ["quotation", { active: within(nodes.blockquote), run: toggle(within(nodes.blockquote), wrapIn(nodes.blockquote), lift) }],
  ["footnote", { run: footnote }],
  ["table", { run: insertTable }],
  ...(figure ? [["figure", { run: figure }]] : []),
  ["rule", { run: insertRule }],
  ["undo", { run: undo }],
  ["redo", { run: redo }],
];

const TABLE_BUTTONS = [
  ["addRow", { run: addRowAfter }],
  ["removeRow", { run: removeRow }],
  ["addColumn", { run: addColumnAfter }],
  ["removeColumn", { run: removeColumn }],
  ["alignStart", align("start")],
  ["alignCenter", align("center")],
  ["alignEnd", align("end")],
  ["removeTable", { run: deleteTable }],
];

/** The toolbar, with a second one for tables; `update(state)` after each change. */
export class Toolbar {
  constructor(view, words, opening, controls) {
    this.view = view;
    this.dom = document.createElement("div");
    this.main = new Bar(view, words.formatting, controls, buttonsOf(opening), words, true);
    this.table = new Bar(view, words.tableBar, controls, TABLE_BUTTONS, words, false);
    this.dom.append(this.main.dom, this.table.dom);
  }

  update(state) {
    this.main.update(state);
    this.table.dom.hidden = !isInTable(state);
    if (!this.table.dom.hidden) this.table.update(state);
  }
}

class Bar {
  constructor(view, label, controls, entries, words, signs) {
    this.dom = document.createElement("div");
    this.dom.className = "toolbar";
    this.dom.setAttribute("role", "toolbar");
    this.dom.setAttribute("aria-label", label);
    this.dom.setAttribute("aria-controls", controls);
    this.buttons = entries.map(([name, { run, active }], place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "second";
      button.tabIndex = place === 0 ? 0 : -1;
      if (signs) {
        button.append(icon(name));
        button.setAttribute("aria-label", words[name]);
        button.title = words[name];
      } else button.textContent = words[name];
      // The selection stays in the text.
      button.addEventListener("mousedown", (event) => event.preventDefault());
      button.addEventListener("click", () => {
        if (button.getAttribute("aria-disabled") === "true") return;
        run(view.state, view.dispatch, view);
        if (!document.activeElement?.closest("dialog, .note-panel")) view.focus();
      });
      this.dom.append(button);
      return { button, run, active };
    });
    this.dom.addEventListener("keydown", (event) => this.#move(event));
  }

  #move(event) {
    const all = this.buttons.map(({ button }) => button);
    const here = all.indexOf(document.activeElement);
    const rightToLeft = getComputedStyle(this.dom).direction === "rtl";
    const steps = { ArrowRight: rightToLeft ? -1 : 1, ArrowLeft: rightToLeft ? 1 : -1 };
    const target =
      event.key === "Home" ? 0
      : event.key === "End" ? all.length - 1
      : event.key in steps ? (here + steps[event.key] + all.length) % all.length
      : -1;
    if (here < 0 || target < 0) return;
    event.preventDefault();
    all[here].tabIndex = -1;
    all[target].tabIndex = 0;
    all[target].focus();
  }

  update(state) {
    for (const { button, run, active } of this.buttons) {
      if (active) set(button, "aria-pressed", String(active(state)));
      set(button, "aria-disabled", String(!run(state)));
    }
  }
}

function set(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
