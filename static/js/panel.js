// The side panel beside a table: says that it loads, can be closed, and on a phone gives way to the page itself.
(() => {
  "use strict";
  const panel = document.getElementById("panel");
  if (!panel) return;
  let opener = null;

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target !== panel) return;
    opener = event.detail.elt;
    // Below the list nobody would see it appear.
    if (opener.href && matchMedia("(max-width: 59.99rem)").matches) {
      event.preventDefault();
      location.assign(opener.href);
    }
  });

  const close = () => {
    panel.replaceChildren();
    if (opener && opener.isConnected) opener.focus();
  };
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== panel || !panel.firstElementChild || !panel.dataset.close) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sm-panel__close";
    button.setAttribute("aria-label", panel.dataset.close);
    button.textContent = "×";
    button.addEventListener("click", close);
    panel.prepend(button);
    panel.scrollTop = 0;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel.firstElementChild && !document.querySelector("details[data-menu][open]")) close();
  });
})();
