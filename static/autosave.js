// The editor saves by itself: to the site seconds after a pause, and to this browser while the site
// has not taken it. Without this script the form is saved by its button.
"use strict";

(() => {
  const form = document.getElementById("essay-form");
  const panel = document.getElementById("saving");
  if (!form || !panel) return;

  const PAUSE = 2_000; // after the last key
  const LONGEST = 15_000; // while somebody goes on typing
  const KEEP = 300; // until the browser's own copy is written, also while somebody goes on typing
  const GONE = 1_000; // waited for a page that is closing
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

  // This browser's own copy. Browsers write localStorage to the disk seconds later, and IndexedDB at
  // once, but not while a page closes: so it is kept in both (menu.js lets go of both).
  const disk = new Promise((ready) => {
    const asked = indexedDB.open("drafts", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("kept");
    asked.onsuccess = () => ready(asked.result);
    asked.onerror = () => ready(null);
  }).catch(() => null);
  const onDisk = async (act) => {
    const base = await disk;
    return base && new Promise((done, fail) => {
      const asked = act(base.transaction("kept", "readwrite", { durability: "strict" }).objectStore("kept"));
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => fail(asked.error);
    });
  };
  const unwatch = () => {
    clearTimeout(keeper);
    keeper = 0;
  };
  const keep = () => {
    unwatch();
    const copy = JSON.stringify({ version: version.value, at: Date.now(), fields: fields() });
    onDisk((kept) => kept.put(copy, key)).catch(() => {});
    try {
      localStorage.setItem(key, copy);
      return true;
    } catch {
      return false; // no storage, or no room in it
    }
  };
  const forget = (name = key) => {
    if (name === key) unwatch();
    onDisk((kept) => kept.delete(name)).catch(() => {});
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
    keeper ||= setTimeout(() => {
      keeper = 0;
      if (dirty()) keep();
    }, KEEP);
    if (stopped || leaving) return;
    const now = Date.now();
    if (!changedAt) changedAt = now;
    if (tries) return; // it is tried again anyway
    show("changed");
    later(Math.max(0, Math.min(PAUSE, changedAt + LONGEST - now)));
  };

  // How long the text is now: counting costs the site more than saving, so it is asked for seldom.
  let counting;
  const count = async () => {
    const answer = await fetch(panel.dataset.length, { headers: { Accept: "application/json" }, redirect: "error" });
    if (answer.ok) document.getElementById("body-length").textContent = (await answer.json()).length;
  };

  const took = (answer, sent, sentFields) => {
    version.value = answer.version;
    saved = sent;
    savedFields = sentFields;
    sure = true;
    tries = 0;
    changedAt = 0;
    show("saved", { time: clock.format(new Date(answer.saved_at)) });
    clearTimeout(counting);
    counting = setTimeout(() => count().catch(() => {}), PAUSE);
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

  const exchange = (body, closing = false) =>
    fetch(address, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      redirect: "error",
      keepalive: closing && body.toString().length < SMALL,
      signal: AbortSignal.timeout(ANSWER),
    });

  const send = async (all, closing) => {
    const body = new URLSearchParams(part(all) ?? all);
    body.set("account", account);
    const response = await exchange(body, closing);
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

  // What an earlier page kept, as that page would send it.
  const valuesOf = (name, kept) => [
    ...kept.fields.filter(([field]) => !MACHINERY.has(field)),
    ["csrf_token", form.elements.csrf_token.value],
    ["version", kept.version],
    ["page", name.slice(prefix.length)],
  ];

  const post = (name, kept, action) => {
    const sending = document.createElement("form");
    for (const [field, value] of [...valuesOf(name, kept), ["action", action]]) {
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
    for (const name of await onDisk((kept) => kept.getAllKeys()).catch(() => null) ?? []) {
      // What a browser that died had not yet written elsewhere.
      if (!name.startsWith(prefix) || open.has(name) || offered.has(name)) continue;
      const copy = await onDisk((kept) => kept.get(name));
      const other = localStorage.getItem(name);
      if (copy && (!other || JSON.parse(other).at < JSON.parse(copy).at)) localStorage.setItem(name, copy);
    }
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

  // A page that is loaded again right after typing may be older than the last save of the page it
  // replaces, which goes out as that page closes. That save is sent once more, in its name, which
  // changes nothing where it has arrived; then this page is loaded as it is now.
  const resume = async () => {
    const tab = `page:${account}:${contribution}`;
    const before = sessionStorage.getItem(tab);
    sessionStorage.setItem(tab, page);
    const name = prefix + before;
    const kept = before && JSON.parse(localStorage.getItem(name));
    if (!kept || unsaved || essential(kept.fields) === content()) return;
    form.inert = true;
    try {
      await navigator.locks?.request(name, { signal: AbortSignal.timeout(GONE) }, () => {});
      const body = new URLSearchParams([...valuesOf(name, kept), ["account", account]]);
      if (!(await exchange(body)).ok) return;
      forget(name);
      leaving = true;
      location.reload();
    } finally {
      form.inert = leaving;
    }
  };

  if (unsaved) {
    keep();
    touched();
  }
  resume().catch(() => {}).then(() => { // no storage
    // Once more for a page that was just closing.
    for (const wait of [0, 3_000]) setTimeout(() => look().catch(() => {}), wait);
  });
})();
