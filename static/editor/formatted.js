// The formatted editor over the form's own field, which stays what is sent.
import { baseKeymap } from "prosemirror-commands";
import { gapCursor } from "prosemirror-gapcursor";
import { history, redo, undo } from "prosemirror-history";
import { keymap } from "prosemirror-keymap";
import { EditorState, NodeSelection } from "prosemirror-state";
import { fixTables, tableEditing } from "prosemirror-tables";
import { EditorView } from "prosemirror-view";

import { editFigure, editLink, figureView, uploader } from "./dialogs.js";
import { FootnotePanel, footnoteNumbers, insertFootnote, referenceView } from "./footnotes.js";
import { blockKeys, rules, textKeys } from "./keys.js";
import { parse } from "./parsing.js";
import { clean } from "./paste.js";
import { schema } from "./schema.js";
import { Toolbar } from "./toolbar.js";
import { write } from "./writing.js";

const PAUSE = 300; // milliseconds without a key before the field gets the text

export class FormattedEditor {
  /** `field` is the form's textarea, `place` the element for the editor, with its words and addresses. */
  constructor(field, place, { words, figures, upload, dialogs, token }) {
    this.field = field;
    this.place = place;
    this.words = words;
    this.timer = 0;
    this.written = field.value;
    const { lang, dir } = field;
    const described = (field.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);
    const attributes = { lang, dir, spellcheck: "true" };
    const mount = document.createElement("div");
    mount.className = "formatted essay";
    this.view = new EditorView(mount, {
      state: this.#stateOf(parse(field.value)),
      attributes: {
        ...attributes,
        id: `${field.id}-formatted`,
        role: "textbox",
        "aria-multiline": "true",
        "aria-labelledby": `${field.id}-label`,
        "aria-describedby": described.join(" "),
        "aria-invalid": field.getAttribute("aria-invalid") ?? "false",
      },
      nodeViews: {
        footnote: referenceView(words),
        mention: referenceView(words),
        figure: figureView(figures, words),
      },
      transformPastedHTML: clean,
      dispatchTransaction: (transaction) => this.#dispatch(transaction),
      handleClickOn: (_view, _pos, node, at) => this.#clicked(node, at),
      handleKeyDown: (_view, event) => this.#pressed(event),
      handleDOMEvents: {
        compositionend: () => {
          this.#later();
          return false;
        },
        blur: () => {
          this.flush();
          return false;
        },
      },
    });
    this.panel = new FootnotePanel(this.view, words, attributes);
    this.link = editLink(dialogs.link, words);
    this.figure = upload
      ? editFigure(dialogs.figure, words, uploader(upload, token), figures)
      : null;
    this.toolbar = new Toolbar(
      this.view,
      words,
      { link: this.link, footnote: insertFootnote(this.panel), figure: this.figure },
      `${field.id}-formatted`,
    );
    this.status = document.createElement("p");
    this.status.className = "unseen";
    this.status.setAttribute("role", "status");
    // As it is written: what was only looked at stays as it was.
    this.shown = write(this.view.state.doc);
    place.append(this.toolbar.dom, mount, this.panel.dom, this.status);
    this.toolbar.update(this.view.state);
  }

  #stateOf(doc) {
    const state = EditorState.create({
      doc,
      plugins: [
        rules({ headings: true }),
        keymap({ "Mod-z": undo, "Mod-y": redo, "Shift-Mod-z": redo }),
        keymap({
          "Mod-k": (...given) => this.link(...given),
          "Mod-Alt-f": (...given) => insertFootnote(this.panel)(...given),
        }),
        keymap(blockKeys),
        keymap(textKeys),
        keymap(baseKeymap),
        history(),
        gapCursor(),
        tableEditing(),
        footnoteNumbers,
      ],
    });
    const fixed = fixTables(state);
    return fixed ? state.apply(fixed.setMeta("addToHistory", false)) : state;
  }

  #dispatch(transaction) {
    this.view.updateState(this.view.state.apply(transaction));
    this.panel?.follow(transaction);
    if (transaction.docChanged) this.#later();
    // An input method has the cursor: nothing around it moves meanwhile.
    if (!this.view.composing) this.toolbar?.update(this.view.state);
    if (transaction.selectionSet) this.#announce(this.view.state.selection);
  }

  #announce(selection) {
    const isNote = selection instanceof NodeSelection && selection.node.type === schema.nodes.footnote;
    this.status.textContent = isNote ? this.words.footnoteHint : "";
  }

  #clicked(node, at) {
    if (node.type === schema.nodes.footnote) this.panel.open(at, true);
    if (node.type === schema.nodes.figure && this.figure) {
      this.view.dispatch(this.view.state.tr.setSelection(NodeSelection.create(this.view.state.doc, at)));
    }
    return false;
  }

  #pressed(event) {
    const { selection } = this.view.state;
    if (event.key !== "Enter" || event.isComposing || !(selection instanceof NodeSelection)) return false;
    if (selection.node.type === schema.nodes.footnote) this.panel.open(selection.from, true);
    else if (selection.node.type === schema.nodes.figure && this.figure)
      this.figure(this.view.state, this.view.dispatch, this.view);
    else return false;
    return true;
  }

  #later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), PAUSE);
  }

  /** The text into the form's field, now; not while an input method is composing. */
  flush() {
    clearTimeout(this.timer);
    if (this.view.composing || this.panel.inner?.composing) return this.#later();
    const text = write(this.view.state.doc);
    if (text === this.shown) return undefined;
    this.shown = text;
    this.field.value = text;
    this.written = text;
    return this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Somebody else has changed the field. */
  takeOver() {
    if (this.field.value === this.written) return;
    this.written = this.field.value;
    this.panel.close();
    this.view.updateState(this.#stateOf(parse(this.field.value)));
    this.shown = write(this.view.state.doc);
    this.toolbar.update(this.view.state);
  }

  destroy() {
    this.flush();
    clearTimeout(this.timer);
    this.panel.close();
    this.view.destroy();
    this.place.replaceChildren();
  }
}
