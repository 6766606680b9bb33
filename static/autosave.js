// The editor saves by itself: to the site seconds after a pause, and to this browser while the site
// has not taken it. Without this script the form is saved by its button.
"use strict";

(() => {
  const form = document.getElementById("essay-form");
  const panel = document.getElementById("saving");
  if (!form || !panel) return;

  const PAUSE = 2_000; // after the last key
  const LONGEST = 15_000; // while somebody goes on typing
  const KEEP = 300; // until the browser's own copy is written
  const ANSWER = 20_000; // waited for
  const RETRY = [2_000, 60_000]; // first and longest wait after a failure, doubled each time
  const SMALL = 60_000; // bytes a browser sends even while the page closes

  const { address, account, contribution, unsaved } = panel.dataset;
  const words = JSON.parse(panel.dataset.words);
  const state = document.getElementById("save-state");
  const said = document.getElementById("save-said");
  const signIn = document.getElementById("save-sign-in");
  const merge = document.getElementById("save-merge");
  const version = form.elements.version;
  const prefix = `draft:${account}:${contribution}:`;
  const page = [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");
  const key = prefix + page;
  const clock = new Intl.DateTimeFormat(document.documentElement.dataset.locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

  const hidden = document.createElement("input");
  Object.assign(hidden, { type: "hidden", name: "page", value: page });
  form.append(hidden);

  // What the form holds. Its machinery is no part of it.
  const MACHINERY = new Set(["csrf_token", "version", "page", "action", "checks_seen"]);
  const essential = (fields) =>
    JSON.stringify(fields.filter(([name]) => !MACHINERY.has(name)).map(([name, value]) => [name, value.replaceAll("\r\n", "\n")]));
  // What is typed rather than chosen; sent alone where nothing else was changed.
  const TEXTS = new Set(["title", "abstract", "summary", "body", "note"]);
  const fields = () => [...new FormData(form)].filter(([, value]) => typeof value === "string");
  const content = () => essential(fields());

  let saved = unsaved ? null : content();
  let savedFields = fields();
  let sure = !unsaved; // that the site has what it answered last
  let request = null; // the one under way
  let stopped = false; // another save came between, or nobody may write any more
  let leaving = false; // by a form, which saves by itself
  let composing = false; // with an input method
  let tries = 0;
  let timer = 0;
  let keeper = 0;
  let changedAt = 0;
  let category = "";

  const dirty = () => content() !== saved;

  // What people see, and what is read out: each change of state once, but not every save.
  const show = (name, values = {}) => {
    const text = words[name].replace(/\{(\w+)\}/g, (_whole, value) => values[value]);
    panel.dataset.state = name;
    state.textContent = text;
    state.classList.toggle("quiet", ["saved", "saving", "changed"].includes(name));
    state.classList.toggle("error", !["saved", "saving", "changed"].includes(name));
    signIn.hidden = name !== "signed_out";
    merge.hidden = name !== "conflict";
    if (["saving", "changed"].includes(name) || name === category) return;
    category = name;
    said.textContent = text;
  };

  // This browser's own copy
  const keep = () => {
    clearTimeout(keeper);
    try {
      localStorage.setItem(key, JSON.stringify({ version: version.value, at: Date.now(), fields: fields() }));
      return true;
    } catch {
      return false; // no storage, or no room in it
    }
  };
  const forget = (name = key) => {
    clearTimeout(keeper);
    try {
      localStorage.removeItem(name);
    } catch {
      // no storage
    }
  };
  const trouble = (name) => show(keep() || name !== "offline" ? name : "unkept");

  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };
  const again = () => later(Math.min(RETRY[0] * 2 ** tries++, RETRY[1]) * (0.8 + 0.4 * Math.random()));

  const touched = () => {
    clearTimeout(keeper);
    keeper = setTimeout(() => { if (dirty()) keep(); }, KEEP);
    if (stopped || leaving) return;
    const now = Date.now();
    if (!changedAt) changedAt = now;
    if (tries) return; // it is tried again anyway
    show("changed");
    later(Math.max(0, Math.min(PAUSE, changedAt + LONGEST - now)));
  };

  const took = (answer, sent, sentFields) => {
    version.value = answer.version;
    saved = sent;
    savedFields = sentFields;
    sure = true;
    tries = 0;
    changedAt = 0;
    show("saved", { time: clock.format(new Date(answer.saved_at)) });
    if (dirty()) touched();
    else forget();
  };

  const part = (all) => {
    if (!sure || all.length !== savedFields.length) return null;
    const changed = all.filter(([name, value], place) => name !== savedFields[place][0] || value !== savedFields[place][1]);
    if (!changed.every(([name]) => TEXTS.has(name) || MACHINERY.has(name))) return null;
    const machinery = all.filter(([name]) => MACHINERY.has(name) && name !== "action");
    return [...machinery, ...changed.filter(([name]) => TEXTS.has(name)), ["part", "texts"]];
  };

  const refused = (status, answer) => {
    sure = false;
    if (status === 409 && answer.code === "draft.changed_elsewhere") {
      stopped = true;
      trouble("conflict");
    } else if (status === 409 || status === 404) {
      stopped = true;
      trouble("closed");
    } else if (status === 401) {
      trouble("signed_out");
      again();
    } else if (status === 403) {
      trouble("other_account");
      again();
    } else if (status === 422 || status === 413) {
      keep();
      changedAt = 0;
      show("refused", { reason: answer.message });
    } else if (status === 429) {
      trouble("busy");
      tries = Math.max(tries, 1);
      later(RETRY[1]);
    } else {
      trouble("offline");
      again();
    }
  };

  const send = async (all, closing) => {
    const body = new URLSearchParams(part(all) ?? all);
    body.set("account", account);
    const text = body.toString();
    const response = await fetch(address, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      redirect: "error",
      keepalive: closing && text.length < SMALL,
      signal: AbortSignal.timeout(ANSWER),
    });
    return [response.status, await response.json()];
  };

  const attempt = async (closing) => {
    const all = fields();
    const sent = essential(all);
    show("saving");
    try {
      let [status, answer] = await send(all, closing);
      if (status === 400 && answer.code === "token" && String(answer.account) === account) {
        // Signed in again in another window: this page's token was the old session's.
        for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = answer.csrf_token;
        [status, answer] = await send(fields(), closing);
      } else if (status === 400 && answer.code === "token") status = 403;
      if (status === 200) took(answer, sent, all);
      else refused(status, answer);
    } catch {
      refused(0, {});
    }
  };

  async function save(closing = false) {
    clearTimeout(timer);
    if (request || stopped || leaving) return request;
    if (composing && !closing) return later(PAUSE);
    if (!dirty()) {
      forget();
      return null;
    }
    request = attempt(closing === true).finally(() => { request = null; });
    return request;
  }

  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  form.addEventListener("compositionstart", () => { composing = true; });
  form.addEventListener("compositionend", () => { composing = false; });
  window.addEventListener("blur", () => save());
  window.addEventListener("online", () => save());
  window.addEventListener("focus", () => { if (tries) save(); });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      if (dirty()) keep();
      save(true);
    } else if (tries) save();
  });
  window.addEventListener("pagehide", () => { if (dirty()) keep(); });
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("beforeunload", (event) => { if (!leaving && dirty()) event.preventDefault(); });

  const leave = () => {
    if (dirty()) keep();
    clearTimeout(timer);
    leaving = true;
    setTimeout(() => { leaving = false; }, ANSWER); // where the next page never came
  };
  form.addEventListener("submit", (event) => {
    if (request) {
      // The version the form goes out with is the one this save makes.
      event.preventDefault();
      const button = event.submitter;
      request.then(() => form.requestSubmit(button));
    } else if (!event.defaultPrevented) leave();
  });
  // Signing out saves first; what can't be saved is asked about (menu.js).
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-account]") || leaving) return;
    if (!dirty() || stopped) return leave();
    event.preventDefault();
    event.stopPropagation();
    save().then(() => {
      leave();
      event.target.requestSubmit();
    });
  }, { capture: true });

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-account]") || !event.defaultPrevented || request) return;
    leaving = false; // they stay
    touched();
  });

  // What an earlier page kept and could not save is offered; one that is still open has a lock.
  navigator.locks?.request(key, () => new Promise(() => {}));

  const post = (name, kept, action) => {
    const sending = document.createElement("form");
    const values = [
      ...kept.fields.filter(([field]) => !MACHINERY.has(field)),
      ["csrf_token", form.elements.csrf_token.value],
      ["version", kept.version],
      ["page", name.slice(prefix.length)],
      ["action", action],
    ];
    for (const [field, value] of values) {
      const input = document.createElement("textarea"); // keeps line breaks
      Object.assign(input, { name: field, value });
      sending.append(input);
    }
    // Fields of that name hide the form's own properties.
    sending.setAttribute("method", "post");
    sending.setAttribute("action", form.getAttribute("action"));
    sending.hidden = true;
    document.body.append(sending);
    leave();
    sending.submit();
  };

  const offer = (name, kept) => {
    const notice = document.getElementById("kept-offer").content.cloneNode(true).firstElementChild;
    const time = notice.querySelector("time");
    const at = new Date(kept.at);
    time.dateTime = at.toISOString();
    time.textContent = new Intl.DateTimeFormat(document.documentElement.dataset.locale, { dateStyle: "medium", timeStyle: "short" }).format(at);
    const value = (field) => kept.fields.find(([each]) => each === field)?.[1] ?? "";
    notice.querySelector("blockquote").textContent = [value("title"), value("body").slice(0, 200)].filter(Boolean).join(" – ");
    const same = kept.version === version.value;
    notice.querySelector("[data-act=restore]").hidden = !same;
    notice.querySelector("[data-act=merge]").hidden = same;
    notice.addEventListener("click", (event) => {
      const { act } = event.target.dataset;
      if (act === "drop") {
        forget(name);
        notice.remove();
      } else if (act) post(name, kept, act);
    });
    document.querySelector("main h1").after(notice);
  };

  const offered = new Set();
  const look = async () => {
    const open = new Set((await navigator.locks?.query())?.held.map((lock) => lock.name));
    const names = Object.keys(localStorage).filter((name) => name.startsWith(prefix) && name !== key && !offered.has(name));
    for (const name of names) {
      if (open.has(name)) continue;
      offered.add(name);
      try {
        const kept = JSON.parse(localStorage.getItem(name));
        if (essential(kept.fields) === content()) forget(name);
        else offer(name, kept);
      } catch {
        forget(name); // not ours
      }
    }
  };

  if (unsaved) {
    keep();
    touched();
  }
  // Once more for a page that was just closing.
  for (const wait of [0, 3_000]) setTimeout(() => look().catch(() => {}), wait); // no storage
})();
