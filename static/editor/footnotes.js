// Footnotes: their numbers in the text, and the panel below it in which their words are written.
import { baseKeymap } from "prosemirror-commands";
import { redo, undo } from "prosemirror-history";
import { keymap } from "prosemirror-keymap";
import { EditorState, NodeSelection, Plugin, PluginKey, Selection, TextSelection } from "prosemirror-state";
import { StepMap } from "prosemirror-transform";
import { Decoration, DecorationSet, EditorView } from "prosemirror-view";

import { rules, textKeys } from "./keys.js";
import { clean } from "./paste.js";
import { freshId, schema } from "./schema.js";

const { footnote, mention } = schema.nodes;
const numbering = new PluginKey("footnote numbers");
const FROM_PANEL = "from the footnote panel";

/** Where each reference stands and what number it shows, in the order of the text. */
function numbersOf(doc) {
  const numbers = new Map(); // footnote or name → number
  const places = [];
  doc.descendants((node, pos) => {
    if (node.type !== footnote && node.type !== mention) return true;
    const name = node.attrs.id ?? node.attrs.to;
    if (!numbers.has(name)) numbers.set(name, numbers.size + 1);
    places.push({ pos, end: pos + node.nodeSize, number: numbers.get(name) });
    return false;
  });
  return places;
}

const decorate = (doc) =>
  DecorationSet.create(
    doc,
    numbersOf(doc).map(({ pos, end, number }) => Decoration.node(pos, end, {}, { number })),
  );

export const footnoteNumbers = new Plugin({
  key: numbering,
  state: {
    init: (_, { doc }) => decorate(doc),
    apply: (transaction, old) => (transaction.docChanged ? decorate(transaction.doc) : old),
  },
  props: {
    decorations: (state) => numbering.getState(state),
  },
});

const numberIn = (decorations) =>
  decorations.find((each) => each.spec.number)?.spec.number ?? "*";

/** The reference in the text: a raised number, which opens its footnote. */
export function referenceView(words) {
  return (node, _view, _getPos, decorations) => {
    const dom = document.createElement("span");
    dom.className = "note-reference";
    dom.setAttribute("role", "button");
    const show = (given) => {
      const number = String(numberIn(given));
      if (dom.textContent !== number) dom.textContent = number;
      dom.setAttribute("aria-label", words.footnoteNumber.replace("{number}", number));
    };
    show(decorations);
    return {
      dom,
      update(next, given) {
        if (next.type !== node.type) return false;
        show(given);
        return true;
      },
      ignoreMutation: () => true,
    };
  };
}

/** Puts a footnote after the selection and opens it. */
export const insertFootnote = (panel) => (state, dispatch) => {
  const { $to } = state.selection;
  if (!$to.parent.inlineContent || !$to.parent.contentMatchAt($to.index()).matchType(footnote))
    return false;
  if (dispatch) {
    const node = footnote.create({ id: freshId() }, schema.nodes.paragraph.create());
    const transaction = state.tr.insert($to.pos, node);
    transaction.setSelection(NodeSelection.create(transaction.doc, $to.pos));
    dispatch(transaction.scrollIntoView());
    panel.open($to.pos, true);
  }
  return true;
};

/** The panel below the text with the words of the footnote that is open. */
export class FootnotePanel {
  constructor(outer, words, attributes) {
    this.outer = outer;
    this.words = words;
    this.attributes = attributes;
    this.pos = null;
    this.inner = null;
    this.dom = document.createElement("div");
    this.dom.className = "note-panel";
    this.dom.setAttribute("role", "group");
    this.dom.hidden = true;
    this.title = document.createElement("strong");
    this.title.id = "note-panel-title";
    this.dom.setAttribute("aria-labelledby", this.title.id);
    this.mount = document.createElement("div");
    this.mount.className = "note-panel-text";
    const back = document.createElement("button");
    back.type = "button";
    back.className = "second";
    back.textContent = words.backToText;
    back.addEventListener("click", () => this.leave());
    this.dom.append(this.title, this.mount, back);
  }

  /** Show the footnote at a place of the text; with `enter` the cursor goes into it. */
  open(pos, enter = false) {
    const node = this.outer.state.doc.nodeAt(pos);
    if (node?.type !== footnote) return;
    if (this.pos !== pos || !this.inner) {
      this.#discard();
      this.pos = pos;
      this.inner = new EditorView(this.mount, {
        state: EditorState.create({ doc: node, plugins: this.#plugins() }),
        transformPastedHTML: clean,
        dispatchTransaction: (transaction) => this.#dispatch(transaction),
        attributes: {
          ...this.attributes,
          role: "textbox",
          "aria-multiline": "true",
          "aria-labelledby": this.title.id,
        },
      });
    }
    this.dom.hidden = false;
    this.#name();
    if (enter) this.enter();
  }

  enter() {
    const { state } = this.inner;
    this.inner.dispatch(state.tr.setSelection(Selection.atEnd(state.doc)));
    this.inner.focus();
    this.dom.scrollIntoView({ block: "nearest" });
  }

  /** Back into the text, behind the reference. */
  leave() {
    const { state } = this.outer;
    const after = this.pos + state.doc.nodeAt(this.pos).nodeSize;
    this.outer.dispatch(state.tr.setSelection(TextSelection.create(state.doc, after)).scrollIntoView());
    this.close();
    this.outer.focus();
  }

  close() {
    this.#discard();
    this.pos = null;
    this.dom.hidden = true;
  }

  /** After each change of the text: follow the footnote, take over what undo and redo did to it. */
  follow(transaction) {
    if (this.pos === null) return;
    if (transaction.docChanged) {
      const { pos, deleted } = transaction.mapping.mapResult(this.pos, 1);
      const node = deleted ? null : transaction.doc.nodeAt(pos);
      if (node?.type !== footnote) return void this.close();
      this.pos = pos;
      if (!transaction.getMeta(FROM_PANEL)) this.#take(node);
      this.#name();
    }
    const { selection } = transaction;
    const isHere = selection instanceof NodeSelection && selection.from === this.pos;
    if (transaction.selectionSet && !isHere && !this.inner?.hasFocus()) this.close();
  }

  #plugins() {
    const history = (command) => () => {
      command(this.outer.state, this.outer.dispatch);
      return true;
    };
    const leave = () => {
      this.leave();
      return true;
    };
    return [
      rules(),
      keymap({ Escape: leave, "Mod-z": history(undo), "Mod-y": history(redo), "Shift-Mod-z": history(redo) }),
      keymap(textKeys),
      keymap(baseKeymap),
    ];
  }

  #dispatch(transaction) {
    const { state, transactions } = this.inner.state.applyTransaction(transaction);
    this.inner.updateState(state);
    if (!transactions.some((each) => each.docChanged)) return;
    // The steps again, in the text around: so there is one history of both.
    const outer = this.outer.state.tr.setMeta(FROM_PANEL, true);
    const offset = StepMap.offset(this.pos + 1);
    for (const { steps } of transactions) for (const step of steps) outer.step(step.map(offset));
    this.outer.dispatch(outer);
  }

  #take(node) {
    const { doc, tr } = this.inner.state;
    const start = node.content.findDiffStart(doc.content);
    if (start === null) return;
    let { a: end, b: innerEnd } = node.content.findDiffEnd(doc.content);
    const overlap = start - Math.min(end, innerEnd);
    if (overlap > 0) {
      end += overlap;
      innerEnd += overlap;
    }
    const { state } = this.inner.state.applyTransaction(tr.replace(start, innerEnd, node.slice(start, end)));
    this.inner.updateState(state);
  }

  #name() {
    const place = numbersOf(this.outer.state.doc).find(({ pos }) => pos === this.pos);
    this.title.textContent = this.words.footnoteNumber.replace("{number}", place?.number ?? "");
  }

  #discard() {
    this.inner?.destroy();
    this.inner = null;
  }
}
