// The form of a visit on a phone: what is typed is kept in the browser, and sent once when there is a connection.
// Once, because the form carries a key: a server that got it before answers the same and writes nothing new.
(() => {
  "use strict";
  const form = document.querySelector("form[data-visit]");
  if (!form) return;
  const shelf = `visit-${form.dataset.visit}`;
  const note = (name, shown) => (document.querySelector(`[data-visit-${name}]`).hidden = !shown);
  const read = () => JSON.parse(localStorage.getItem(shelf) || "null");
  let sending = false;

  // Everything but the token against forgery: a page that is opened again has its own.
  function filled() {
    return [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  }

  function keep(waits) {
    localStorage.setItem(shelf, JSON.stringify({ fields: filled(), waits }));
  }

  function restore(fields) {
    const ticked = new Set(fields.map(([name, value]) => `${name}=${value}`));
    const last = new Map(fields);
    for (const box of form.elements) {
      if (box.type === "checkbox" || box.type === "radio") box.checked = ticked.has(`${box.name}=${box.value}`);
      else if (last.has(box.name) && box.name !== "csrfmiddlewaretoken") box.value = last.get(box.name);
    }
  }

  // What the server would ask for: groups without a choice, and empty controls that say they are required.
  function missing() {
    const groups = [...form.querySelectorAll("fieldset")].filter((group) => !group.querySelector(":checked"));
    const controls = [...form.querySelectorAll("[aria-required=true]")].filter((box) => (box.type === "checkbox" ? !box.checked : !box.value.trim()));
    const asked = [...groups, ...controls.filter((box) => !box.closest("fieldset"))];
    return asked.map((box) => [box.id, (box.querySelector("legend") || box.labels[0]).textContent.trim()]);
  }

  // Back to a form that can be sent, with the words why it was not; while the advisor is still there, what has to be filled in first.
  function wait() {
    sending = false;
    delete form.dataset.sent;
    const asked = missing();
    if (asked.length) keep(false);
    note("kept", !asked.length);
    note("missing", asked.length > 0);
    const lines = asked.map(([id, words]) => {
      const line = document.createElement("li");
      const link = line.appendChild(document.createElement("a"));
      link.className = "nl-link";
      link.href = `#${id}`;
      link.textContent = words;
      return line;
    });
    const missed = document.querySelector("[data-visit-missing]");
    (missed.querySelector("ul") || missed.appendChild(document.createElement("ul"))).replaceChildren(...lines);
    document.querySelector("[data-visit-notes]").scrollIntoView({ block: "center" });
  }

  async function send() {
    if (sending) return;
    sending = true;
    let answer;
    try {
      answer = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" });
    } catch (_offline) {
      wait();
      return;
    }
    if (answer.status >= 500) {
      wait();
      return;
    }
    // Saved when the server leads on to what was saved; else a form with errors or a login page, shown with everything still kept.
    if (answer.redirected && answer.url.endsWith("/klaar/")) {
      localStorage.removeItem(shelf);
      location.assign(answer.url);
      return;
    }
    keep(false);
    sending = false;
    note("kept", false);
    note("missing", false);
    if (answer.redirected) location.assign(answer.url);
    else HTMLFormElement.prototype.submit.call(form);
  }

  const before = read();
  // After errors the server's own answer holds what was typed.
  if (before && !document.querySelector("[data-focus]")) {
    restore(before.fields);
    note("restored", true);
  }
  form.addEventListener("input", () => keep(false));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!form.elements.filled_at.value) form.elements.filled_at.value = new Date().toISOString();
    keep(true);
    send();
  });
  addEventListener("online", () => (read() || {}).waits && send());
  if (before && before.waits && navigator.onLine) send();
})();
