// The progress of an upload, and of its reading. Without this script the form and the link work.
"use strict";

(() => {
  const EVERY_MS = 1000;

  // A document that is being read: look again until it has been.
  const running = document.querySelector("[data-running]");
  const look = async () => {
    try {
      const answer = await fetch(location.href, { redirect: "error" });
      if (answer.ok && !(await answer.text()).includes("data-running")) {
        location.reload();
        return;
      }
    } catch {
      // The server can't be reached just now; the next round tries again.
    }
    setTimeout(look, EVERY_MS);
  };
  if (running) setTimeout(look, EVERY_MS);

  const form = document.getElementById("upload-form");
  if (!form) return;
  const file = form.elements.file;
  const button = form.querySelector("button");
  const panel = document.getElementById("upload-progress");
  const said = document.getElementById("upload-said");
  const bar = panel.querySelector("progress");
  const words = form.dataset;
  const share = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });

  const stop = (message) => {
    button.disabled = false;
    panel.hidden = false;
    bar.hidden = true;
    said.className = "error";
    said.setAttribute("role", "alert");
    said.textContent = message;
    file.setAttribute("aria-invalid", "true");
    file.focus();
  };

  const parsed = (request) => {
    try {
      return JSON.parse(request.responseText);
    } catch {
      return {};
    }
  };

  form.addEventListener("submit", (event) => {
    const chosen = file.files[0];
    if (!chosen) {
      event.preventDefault();
      stop(words.none);
      return;
    }
    if (chosen.size > Number(words.most)) {
      event.preventDefault();
      stop(words.tooLarge);
      return;
    }
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (step) => {
      if (!step.lengthComputable) return;
      bar.value = (100 * step.loaded) / step.total;
      said.textContent = words.sending.replace("{share}", share.format(step.loaded / step.total));
    });
    request.upload.addEventListener("load", () => {
      bar.removeAttribute("value");
      said.textContent = words.reading;
    });
    request.addEventListener("load", () => {
      const answer = parsed(request);
      if (request.status === 201 && answer.location) location.assign(answer.location);
      else if (answer.error) stop(answer.error);
      // Signed out meanwhile, or an answer for people: the form itself gets it.
      else if (request.status < 500) form.submit();
      else stop(words.lost);
    });
    request.addEventListener("error", () => stop(words.lost));
    request.open("POST", form.action || location.href);
    request.setRequestHeader("Accept", "application/json");
    // The form's data are taken before the button is switched off.
    const data = new FormData(form);
    button.disabled = true;
    panel.hidden = false;
    bar.hidden = false;
    bar.value = 0;
    said.className = "";
    said.setAttribute("role", "status");
    file.removeAttribute("aria-invalid");
    request.send(data);
  });
  window.addEventListener("pageshow", () => { button.disabled = false; });
})();
