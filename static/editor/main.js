// Puts the formatted editor over the essay's field, and the switch between the two ways of writing.
import { FormattedEditor } from "./formatted.js";
import { TooMuch } from "./parsing.js";

const CHOICE = "plain-text-editor";

function start() {
  const place = document.getElementById("formatted");
  const field = place && document.getElementById(place.dataset.field);
  if (!field?.form) return;
  const plainBar = document.querySelector(`[data-toolbar="${field.id}"]`);
  const button = document.getElementById("formatted-switch");
  const marks = document.getElementById(`${field.id}-marks`);
  const refused = document.getElementById("formatted-refused");
  const { form } = field;
  const options = {
    words: JSON.parse(place.dataset.words),
    figures: JSON.parse(place.dataset.figures),
    upload: place.dataset.upload,
    dialogs: {
      link: document.getElementById("link-dialog"),
      figure: document.getElementById("figure-dialog"),
    },
    token: () => form.elements.csrf_token.value,
  };
  let editor = null;

  const show = (formatted) => {
    place.hidden = !formatted;
    field.hidden = formatted;
    if (plainBar) plainBar.hidden = formatted;
    if (marks) marks.hidden = formatted;
    button.textContent = formatted ? options.words.plain : options.words.formatted;
  };

  const open = () => {
    try {
      editor = new FormattedEditor(field, place, options);
    } catch (error) {
      place.replaceChildren();
      editor = null;
      refused.hidden = false;
      if (!(error instanceof TooMuch)) console.error(error);
    }
    show(Boolean(editor));
  };

  const close = () => {
    editor?.destroy();
    editor = null;
    show(false);
  };

  button.addEventListener("click", () => {
    refused.hidden = true;
    if (editor) close();
    else open();
    remember(editor ? "" : "yes");
    (editor?.view ?? field).focus();
  });
  // Before anything else looks at the field: the form's own checks, autosave.
  const flush = () => editor?.flush();
  document.addEventListener("submit", flush, { capture: true });
  document.addEventListener("visibilitychange", flush, { capture: true });
  for (const event of ["blur", "pagehide", "beforeunload"])
    window.addEventListener(event, flush, { capture: true });
  field.addEventListener("input", () => {
    try {
      editor?.takeOver();
    } catch {
      close();
    }
  });
  document.querySelector(`label[for="${field.id}"]`)?.addEventListener("click", (event) => {
    if (!editor) return;
    event.preventDefault();
    editor.view.focus();
  });
  for (const dialog of Object.values(options.dialogs))
    dialog?.querySelector("[data-close]")?.addEventListener("click", () => dialog.close());

  button.hidden = false;
  if (choice() === "yes") show(false);
  else open();
}

function choice() {
  try {
    return localStorage.getItem(CHOICE);
  } catch {
    return "";
  }
}

function remember(value) {
  try {
    localStorage.setItem(CHOICE, value);
  } catch {
    // Without storage the choice holds for this page.
  }
}

start();
