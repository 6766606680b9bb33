// The dialogs for a link and for a figure; their forms are in the page, in its language.
import { TextSelection } from "prosemirror-state";

import { normalLink } from "./grammar.js";
import { schema } from "./schema.js";

const { nodes, marks } = schema;
const ADDRESS = /^(?:https?:\/\/[^/\s]|mailto:[^/\s])/i;
const MAIL = /^[^\s@/]+@[^\s@/]+$/;

/** Opens a dialog of the page; resolves to its fields once it is confirmed, to null otherwise. */
function ask(dialog, fill, check) {
  const form = dialog.querySelector("form");
  const error = dialog.querySelector(".error");
  form.reset();
  error.textContent = "";
  fill(form.elements);
  return new Promise((resolve) => {
    const finish = (value) => {
      form.removeEventListener("submit", submit);
      dialog.removeEventListener("close", cancel);
      if (dialog.open) dialog.close();
      resolve(value);
    };
    const cancel = () => finish(null);
    const submit = async (event) => {
      event.preventDefault();
      const { value, field, wrong } = await check(form.elements, event.submitter?.value);
      if (!wrong) return finish(value);
      error.textContent = wrong;
      form.elements[field].setAttribute("aria-invalid", "true");
      form.elements[field].focus();
    };
    for (const element of form.elements) element.removeAttribute("aria-invalid");
    form.addEventListener("submit", submit);
    dialog.addEventListener("close", cancel);
    dialog.showModal();
  });
}

/** Where the link around the cursor begins and ends, with its mark; the selection where there is none. */
function linkAround(state) {
  const { from, to, $from } = state.selection;
  const mark = marks.link.isInSet($from.marks()) ?? marks.link.isInSet($from.nodeAfter?.marks ?? []);
  if (!mark) return { from, to, mark: null };
  let start = $from.start();
  let found = { from, to };
  let inside = false;
  $from.parent.forEach((node, offset) => {
    const at = $from.start() + offset;
    if (!mark.isInSet(node.marks)) {
      if (at < from) inside = false;
      return;
    }
    if (!inside) start = at;
    if (at <= from || start <= from) found = { from: start, to: Math.max(at + node.nodeSize, to) };
    inside = true;
  });
  return { ...found, mark };
}

/** The command that asks for a link's address. */
export const editLink = (dialog, words) => (state, dispatch, view) => {
  if (!state.selection.$from.parent.inlineContent || state.selection.$from.parent.type.spec.code) return false;
  if (!dispatch || !view) return true;
  const { from, to, mark } = linkAround(state);
  const check = (fields, choice) => {
    if (choice === "remove") return { value: { href: "" } };
    const typed = fields.address.value.trim();
    const href = normalLink(MAIL.test(typed) ? `mailto:${typed}` : /^www\./i.test(typed) ? `https://${typed}` : typed);
    if (!ADDRESS.test(href)) return { field: "address", wrong: words.addressWrong };
    return { value: { href, text: fields.words.value } };
  };
  const fill = (fields) => {
    fields.address.value = mark?.attrs.href ?? "";
    fields.words.value = state.doc.textBetween(from, to, " ");
    fields.words.closest(".field").hidden = from !== to;
    dialog.querySelector("[value=remove]").hidden = !mark;
  };
  ask(dialog, fill, check).then((given) => {
    if (given) {
      const transaction = view.state.tr.removeMark(from, to, marks.link);
      if (given.href && from === to) {
        const text = given.text.trim() || given.href;
        transaction.insert(from, schema.text(text, [marks.link.create({ href: given.href })]));
        transaction.setSelection(TextSelection.create(transaction.doc, from + text.length));
      } else if (given.href) transaction.addMark(from, to, marks.link.create({ href: given.href }));
      transaction.removeStoredMark(marks.link);
      view.dispatch(transaction.scrollIntoView());
    }
    view.focus();
  });
  return true;
};

/** The figure at a place of the text, or the selected one. */
const selectedFigure = (state) => (state.selection.node?.type === nodes.figure ? state.selection.node : null);

/** The command that uploads a figure, or changes the words of the one that is selected. */
export const editFigure = (dialog, words, upload, addresses) => (state, dispatch, view) => {
  if (!dispatch || !view) return true;
  const figure = selectedFigure(state);
  const at = state.selection.from;
  let lost = "";
  const check = async (fields) => {
    const alternative = fields.alternative.value.trim();
    if (!alternative) return { field: "alternative", wrong: words.alternativeMissing };
    const attrs = { alternative, caption: fields.caption.value.trim(), id: figure?.attrs.id };
    if (figure) return { value: attrs };
    const [file] = fields.file.files;
    if (!file) return { field: "file", wrong: words.fileMissing };
    return upload(file).then(
      ({ id, url, notice }) => {
        addresses[id] = url;
        lost = notice;
        return { value: { ...attrs, id } };
      },
      (error) => ({ field: "file", wrong: error.message || words.uploadFailed }),
    );
  };
  const fill = (fields) => {
    fields.file.closest(".field").hidden = Boolean(figure);
    fields.alternative.value = figure?.attrs.alternative ?? "";
    fields.caption.value = figure?.attrs.caption ?? "";
  };
  ask(dialog, fill, check).then((attrs) => {
    if (attrs && figure) view.dispatch(view.state.tr.setNodeMarkup(at, null, attrs));
    else if (attrs) {
      const { $from } = view.state.selection;
      // A figure stands alone, in nothing else.
      const place = $from.depth ? $from.after(1) : $from.pos;
      view.dispatch(view.state.tr.insert(place, nodes.figure.create(attrs)).scrollIntoView());
    }
    if (lost) warn(view, lost);
    view.focus();
  });
  return true;
};

/** A notice above the text, as the pages have them. */
function warn(view, words) {
  const notice = document.createElement("p");
  notice.className = "notice warn";
  notice.setAttribute("role", "status");
  view.dom.before(notice);
  notice.textContent = words;
}

/** Sends a file to the site; its answer, or an Error with the site's words. */
export const uploader = (address, token) => async (file) => {
  const data = new FormData();
  data.append("file", file);
  data.append("csrf_token", token());
  const answer = await fetch(address, { method: "POST", body: data, headers: { Accept: "application/json" } });
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok || !found.id) throw new Error(found.error ?? "");
  return found;
};

/** A figure as it is shown in the editor. */
export const figureView = (addresses, words) => (node) => {
  const dom = document.createElement("figure");
  dom.contentEditable = "false";
  const image = document.createElement("img");
  const caption = document.createElement("figcaption");
  const show = ({ attrs }) => {
    image.hidden = !addresses[attrs.id];
    if (addresses[attrs.id]) image.src = addresses[attrs.id];
    image.alt = attrs.alternative;
    caption.textContent = attrs.caption || attrs.alternative || words.alternativeMissing;
  };
  show(node);
  dom.append(image, caption);
  return {
    dom,
    update(next) {
      if (next.type !== nodes.figure) return false;
      show(next);
      return true;
    },
  };
};
