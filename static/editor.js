// The toolbar and the live count of the essay's field. Without this script the field works as it is.
"use strict";

(() => {
  const form = document.getElementById("essay-form");
  const body = document.getElementById("body");
  const bar = document.querySelector("[data-toolbar]");
  if (!form || !body || !bar) return;

  const replace = (start, end, text, select) => {
    body.focus();
    body.setSelectionRange(start, end);
    // execCommand keeps the browser's own undo history; setRangeText would break it.
    if (!document.execCommand("insertText", false, text)) body.setRangeText(text, start, end, "end");
    if (select) body.setSelectionRange(start + select[0], start + select[1]);
    body.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const wrap = (mark) => {
    const { selectionStart: start, selectionEnd: end, value } = body;
    const inner = value.slice(start, end);
    replace(start, end, mark + inner + mark, [mark.length, mark.length + inner.length]);
  };

  const begin = (prefix) => {
    const { selectionStart, selectionEnd: end, value } = body;
    const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
    const lines = value.slice(start, end).split("\n").map((line) => prefix + line);
    replace(start, end, lines.join("\n"));
  };

  const link = () => {
    const { selectionStart: start, selectionEnd: end, value } = body;
    const inner = value.slice(start, end);
    const text = `[${inner}](https://)`;
    replace(start, end, text, [text.length - 1, text.length - 1]);
  };

  const footnote = () => {
    const used = [...body.value.matchAll(/\[\^(\d+)\]/g)].map((match) => Number(match[1]));
    const number = Math.max(0, ...used) + 1;
    replace(body.selectionEnd, body.selectionEnd, `[^${number}]`);
    const end = body.value.length;
    const gap = body.value.endsWith("\n") ? "\n" : "\n\n";
    replace(end, end, `${gap}[^${number}]: `);
  };

  const actions = {
    heading: () => begin("## "),
    strong: () => wrap("**"),
    emphasis: () => wrap("*"),
    list: () => begin("- "),
    quotation: () => begin("> "),
    link,
    footnote,
  };
  const buttons = Object.entries(actions).map(([name, act], index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "second";
    button.textContent = bar.dataset[name];
    button.tabIndex = index === 0 ? 0 : -1;
    button.addEventListener("click", act);
    bar.append(button);
    return button;
  });
  // One stop for the Tab key; the arrows move inside (WAI-ARIA toolbar pattern).
  bar.addEventListener("keydown", (event) => {
    const forward = getComputedStyle(bar).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const steps = { [forward]: 1, [forward === "ArrowRight" ? "ArrowLeft" : "ArrowRight"]: -1 };
    const here = buttons.indexOf(document.activeElement);
    const target =
      event.key === "Home" ? 0
      : event.key === "End" ? buttons.length - 1
      : event.key in steps ? (here + steps[event.key] + buttons.length) % buttons.length
      : -1;
    if (here < 0 || target < 0) return;
    event.preventDefault();
    buttons[here].tabIndex = -1;
    buttons[target].tabIndex = 0;
    buttons[target].focus();
  });
  bar.hidden = false;

  // Where nothing saves by itself (autosave.js), leaving with unsaved words asks first.
  let changed = false;
  const alone = !document.getElementById("saving");
  form.addEventListener("input", () => { changed = alone; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });

  document.getElementById("errors")?.focus();
  document.getElementById("preview")?.focus();
})();
