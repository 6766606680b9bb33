// Keeps a part of a page fresh while the worker is at it. Without it, the page has a link.
const table = document.querySelector("[data-source]");
const EVERY_MS = 2000;

async function refresh() {
  try {
    const answer = await fetch(table.dataset.source, { redirect: "error" });
    if (!answer.ok) return;
    const html = await answer.text();
    const focused = table.contains(document.activeElement) && document.activeElement.outerHTML;
    const fresh = document.createElement("div");
    fresh.innerHTML = html;
    tellReadersTime(fresh); // of clock.js
    if (fresh.innerHTML !== table.innerHTML) {
      table.replaceChildren(...fresh.childNodes);
      const again = focused && [...table.querySelectorAll("a, button")].find((each) => each.outerHTML === focused);
      if (again) again.focus();
    }
  } catch {
    // The server can't be reached just now; the next round tries again.
  }
  watch();
}

function watch() {
  if (table.querySelector("[data-running]")) setTimeout(refresh, EVERY_MS);
}

watch();
