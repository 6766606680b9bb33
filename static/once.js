// A form goes out once: a second press on the same button does nothing while the answer is on its way.
(() => {
  const ANSWER = 5_000; // after it, the first one may have been lost
  let sent = {};

  document.addEventListener("submit", (event) => {
    const { target: form, submitter: button, defaultPrevented } = event;
    if (defaultPrevented || form.getAttribute("method")?.toLowerCase() !== "post") return;
    if (form === sent.form && button === sent.button && Date.now() < sent.until) event.preventDefault();
    else sent = { form, button, until: Date.now() + ANSWER };
  });
})();
