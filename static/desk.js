// The moderators' desk: keeps an essay in hand while somebody works on it, and obeys keys.
// Without this script every button and link is still there.
"use strict";

// What happened, said once more where screen readers listen: what stands in a page that has just
// been loaded is not announced.
(() => {
  const region = document.getElementById("desk-said");
  if (!region) return;
  const notices = [...document.querySelectorAll("main > .notice, #errors")];
  const text = notices.map((notice) => notice.innerText.trim()).join(" ");
  if (text) setTimeout(() => { region.textContent = text; }, 300);
})();

// The lease.
(() => {
  const lease = document.getElementById("lease");
  if (!lease) return;
  const MINUTE = 60_000;
  const WORKED = 5 * MINUTE; // somebody who did something this lately is at work
  const EVERY = 5 * MINUTE; // between two renewals
  const FULL = 30 * MINUTE;
  const WARN = 5 * MINUTE;
  const AGAIN = MINUTE / 2; // after the site could not be reached
  const LOOK = 5_000;

  const words = lease.dataset;
  const said = document.getElementById("lease-said");
  const row = lease.querySelector(".actions");
  const prolong = row.querySelector("button");
  let ends = Date.now() + 1000 * Number(words.seconds);
  let active = Date.now();
  let next = Date.now() + EVERY;
  let asking = false;

  const show = (state, message) => {
    if (lease.dataset.state === state && said.textContent === message) return;
    if (state) lease.dataset.state = state;
    else delete lease.dataset.state;
    lease.className = `notice ${{ warning: "warn", lost: "bad" }[state] ?? "good"}`;
    said.textContent = message;
    row.hidden = state !== "warning";
  };

  const lose = (message) => {
    clearInterval(looking);
    lease.querySelector("[data-lease-until]").hidden = true;
    show("lost", message);
  };

  const keep = (answer, message) => {
    ends = Date.now() + 1000 * answer.seconds;
    const time = lease.querySelector("time");
    time.dateTime = answer.until;
    time.textContent = answer.shown;
    tellReadersTime(lease); // of clock.js
    show("", message);
  };

  const renew = async (message) => {
    if (asking) return;
    asking = true;
    next = Date.now() + EVERY;
    try {
      const answer = await fetch(words.renew, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": words.token },
        redirect: "manual",
        signal: AbortSignal.timeout(20_000),
      });
      if (answer.ok) keep(await answer.json(), message);
      else if (answer.status === 409) lose((await answer.json()).message);
      else if (answer.type === "opaqueredirect" || answer.status === 400) lose(words.signedOut);
      else if (answer.status === 404) lose(words.lost);
      else next = Date.now() + AGAIN;
    } catch {
      next = Date.now() + AGAIN; // the site can't be reached just now
    }
    asking = false;
  };

  const look = () => {
    const now = Date.now();
    const left = ends - now;
    if (lease.dataset.state === "lost" || asking) return;
    const works = document.visibilityState === "visible" && now - active < WORKED;
    if (left <= 0) lose(words.lost);
    else if (works && left < FULL - EVERY && now >= next) renew("");
    else if (left < WARN) show("warning", words.warning);
  };

  for (const sign of ["keydown", "input", "pointerdown", "scroll"]) {
    addEventListener(sign, () => { active = Date.now(); }, { capture: true, passive: true });
  }
  document.addEventListener("visibilitychange", look);
  prolong.addEventListener("click", async () => {
    await renew(words.kept);
    // The button goes, so its focus goes where the reader was led from.
    if (row.hidden) lease.querySelector("a").focus();
  });
  const looking = setInterval(look, LOOK);
})();

// Keys.
(() => {
  const dialog = document.getElementById("keys");
  if (!dialog) return;
  const KEPT = "desk-keys";
  const opener = document.getElementById("keys-open");
  const choice = document.getElementById("keys-on");
  const region = document.getElementById("desk-said");
  // A page's list; where there is none, what one has in hand.
  const LINES = [".entries > li :is(h2, .row) a", ".plain > li > a"];
  const lines = LINES.map((each) => [...document.querySelectorAll(each)]).find((some) => some.length) ?? [];

  let on = true;
  try {
    on = localStorage.getItem(KEPT) !== "off";
  } catch {
    // This browser keeps nothing.
  }
  choice.checked = on;
  choice.addEventListener("change", () => {
    on = choice.checked;
    try {
      localStorage.setItem(KEPT, on ? "on" : "off");
    } catch {
      // It lasts as long as the page.
    }
  });
  opener.hidden = false;
  const show = () => {
    for (const row of dialog.querySelectorAll("[data-at]")) {
      row.hidden = !document.querySelector(`main :is(${row.dataset.at})`);
    }
    dialog.showModal();
  };
  opener.addEventListener("click", show);

  const own = () => document.activeElement?.closest?.(".entries > li, .plain > li");
  // On the list, that of the essay one is at; on an essay's page, the page's.
  const list = document.querySelector(".entries");
  const here = (selector) => (list ? own() : document)?.querySelector(selector);
  const press = (button) => {
    button?.click();
    return Boolean(button);
  };
  const step = (by) => {
    const at = lines.findIndex((line) => own()?.contains(line));
    const line = lines[at < 0 ? (by > 0 ? 0 : lines.length - 1) : at + by];
    line?.focus();
    return Boolean(line) || at >= 0;
  };
  const goTo = (id) => {
    const place = document.getElementById(id);
    place?.focus();
    return Boolean(place);
  };
  const pages = "main nav.pages a";
  const ACTS = {
    "?": show,
    j: () => step(1),
    k: () => step(-1),
    c: () => press(here("form[action$='/claim'] button, button[formaction$='/claim']")),
    r: () => press(here("form[action$='/release'] button")),
    n: () => press(document.querySelector("form[action$='/release-and-next'] button, form[action$='/moderation/next'] button")),
    d: () => goTo("decision"),
    "/": () => goTo("q"),
    "[": () => press(document.querySelector(`${pages}:not([rel])`)),
    "]": () => press(document.querySelector(`${pages}[rel="next"]`)),
  };

  // The same keys on a keyboard of another script.
  const CODES = { Slash: "?", BracketLeft: "[", BracketRight: "]" };
  const named = (event) => {
    if (event.key.length > 1) return { ArrowDown: own() && "j", ArrowUp: own() && "k" }[event.key];
    if (event.key === "؟") return "?";
    if (event.key < "\x80") return event.key;
    if (event.code === "Slash" && !event.shiftKey) return "/";
    return CODES[event.code] ?? event.code.match(/^Key([A-Z])$/)?.[1].toLowerCase();
  };

  document.addEventListener("keydown", (event) => {
    const graph = event.getModifierState("AltGraph");
    if (!on || dialog.open || event.defaultPrevented || event.isComposing || event.repeat) return;
    if (event.metaKey || ((event.ctrlKey || event.altKey) && !graph)) return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    const act = ACTS[named(event)];
    if (!act) return;
    event.preventDefault();
    if (act() === false) region.textContent = region.dataset.none;
    else region.textContent = "";
  });
})();
