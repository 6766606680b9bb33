// Shows moments in the reader's own time zone; the organisers' stays in the element's title.
// In the page's words, or in those of the part of it that is in another language.
function tellReadersTime(page) {
  for (const element of page.querySelectorAll("time.clock")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    const local = new Intl.DateTimeFormat(element.closest("[data-locale]").dataset.locale, {
      year: "numeric",
      month: "long",
      day: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      timeZoneName: "short",
    }).format(moment);
    element.title = element.textContent;
    element.textContent = local;
  }
}

tellReadersTime(document);
