// The menus of the page's head close at Escape and when they are left. Without this, at a second press.
for (const menu of document.querySelectorAll("details.menu")) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
  document.addEventListener("pointerdown", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
}

// What the editor kept in this browser is let go of once the site has it, or when its owner signs out.
(() => {
  const out = document.querySelector("form[data-account]");
  const drop = (belongs) => {
    for (const name of Object.keys(localStorage)) if (name.startsWith("draft:") && belongs(name)) localStorage.removeItem(name);
    const asked = indexedDB.open("drafts", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("kept");
    asked.onsuccess = () => {
      const kept = asked.result.transaction("kept", "readwrite").objectStore("kept");
      const names = kept.getAllKeys();
      names.onsuccess = () => { for (const name of names.result) if (belongs(name)) kept.delete(name); };
    };
  };
  try {
    const saved = document.cookie.match(/(?:^|; )saved_page=([0-9a-f]{32})/)?.[1];
    if (saved) {
      drop((name) => name.endsWith(`:${saved}`));
      document.cookie = "saved_page=; Max-Age=0; path=/; SameSite=Lax";
    }
    const left = sessionStorage.getItem("signing-out");
    sessionStorage.removeItem("signing-out");
    if (left && !out) drop((name) => name.startsWith(`draft:${left}:`));
    out?.addEventListener("submit", (event) => {
      const mine = `draft:${out.dataset.account}:`;
      const unsaved = Object.keys(localStorage).some((name) => name.startsWith(mine));
      if (unsaved && !confirm(out.dataset.unsaved)) event.preventDefault();
      else sessionStorage.setItem("signing-out", out.dataset.account);
    });
  } catch {
    // This browser keeps nothing.
  }
})();
