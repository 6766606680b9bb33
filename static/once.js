// A form goes out once: a second press on the same button does nothing while the answer is on its way.
(() => {
  const ANSWER = 5_000; // after it, the first one may have been lost
  let sent = null;
  window.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.getAttribute("method") !== "post") return;
    const again = sent?.target === event.target && sent.submitter === event.submitter;
    if (again && event.timeStamp - sent.timeStamp < ANSWER) event.preventDefault();
    else sent = event;
  });
  // What was written in between, or a page that was left and come back to, is sent again.
  for (const kind of ["input", "pageshow"]) {
    window.addEventListener(kind, () => {
      sent = null;
    });
  }
})();
