// Forms: an error summary takes the focus; a form that is on its way is not sent twice (the server is safe either way).
(() => {
  "use strict";
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();

  // The server's messages stand beside the field and say how to mend it; the browser's bubbles do neither.
  for (const form of document.querySelectorAll('form[method="post"]')) form.noValidate = true;

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    // These leave the page where it is, so the form must stay usable: htmx, a search, a download.
    if (form.method !== "post" || form.matches("[hx-post], [data-download]") || event.defaultPrevented) return;
    form.dataset.sent = "1";
    // After this turn: the pressed button's own name and value must still be part of what is sent.
    setTimeout(() => {
      for (const button of form.elements) {
        if (button.type === "submit") button.setAttribute("aria-disabled", "true");
      }
      if (event.submitter) event.submitter.classList.add("nl-button--busy");
    });
  });

  // Back from the next page (bfcache): the form may be used again.
  const release = () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.elements) button.removeAttribute("aria-disabled");
      for (const busy of form.querySelectorAll(".nl-button--busy")) busy.classList.remove("nl-button--busy");
    }
  };
  addEventListener("pageshow", (event) => event.persisted && release());
})();
