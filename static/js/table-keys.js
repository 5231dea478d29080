// Tables with data-keys: j/k walk the rows, Enter opens, a approves. Only while the focus is in the table's page and in no
// field, said aloud, and can be turned off (WCAG 2.1.4); the choice is kept in this browser. Also: tick all, and how many.
(() => {
  "use strict";
  const STORE = "stagematch-table-keys";
  const table = document.querySelector("[data-keys]");
  const help = document.querySelector("[data-keys-help]");
  const stored = () => {
    try { return localStorage.getItem(STORE); } catch { return null; }
  };
  let on = stored() !== "off";

  const rows = () => [...table.querySelectorAll("tbody tr")].filter((row) => row.offsetParent !== null);
  const current = () => table.querySelector("tr.sm-row--current");
  const say = (text) => {
    const place = help && help.querySelector("[data-keys-said]");
    if (place) place.textContent = text;
  };
  const go = (step) => {
    const all = rows();
    const at = all.indexOf(current());
    const to = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    if (!to) return;
    for (const row of all) row.classList.remove("sm-row--current");
    to.classList.add("sm-row--current");
    to.tabIndex = -1;
    to.focus({ preventScroll: true });
    to.scrollIntoView({ block: "nearest" });
    say(`${(to.querySelector("th") || to).textContent.trim().replace(/\s+/g, " ")} (${all.indexOf(to) + 1}/${all.length})`);
  };
  const press = (row, selector) => {
    const target = row && row.querySelector(selector);
    if (target) target.click();
  };

  if (table) {
    document.addEventListener("keydown", (event) => {
      if (!on || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
      if (event.target.closest("input, select, textarea, [contenteditable], dialog")) return;
      const row = current();
      if (event.key === "j") go(row ? 1 : 0);
      else if (event.key === "k") go(-1);
      else if (event.key === "Enter" && row && event.target === row) press(row, "[data-open]");
      else if (event.key === "a" && row && row.contains(document.activeElement)) press(row, "[data-approve]");
      else return;
      event.preventDefault();
    });
    // One decided, the next one waits: the row that htmx puts in place of a decided one hands over to the next with a decision open.
    let decided = null;
    table.addEventListener("htmx:beforeRequest", (event) => {
      const button = event.target.closest("[data-approve]");
      decided = button ? rows().indexOf(button.closest("tr")) : null;
    });
    document.addEventListener("htmx:afterSettle", () => {
      if (decided === null) return;
      const all = rows();
      const stays = all[decided] && all[decided].querySelector("[role=alert]");
      const next = stays ? all[decided] : all.slice(decided + 1).find((row) => row.querySelector("[data-approve]"));
      decided = null;
      if (!next) return;
      go(all.indexOf(next) - all.indexOf(current()));
      const panel = document.getElementById("panel");
      if (panel && panel.firstElementChild) press(next, "[data-open]");
    });
    table.addEventListener("focusin", (event) => {
      const row = event.target.closest("tbody tr");
      if (!row) return;
      for (const other of rows()) other.classList.toggle("sm-row--current", other === row);
    });
  }

  if (help) {
    const button = help.querySelector("[data-keys-switch]");
    const show = () => {
      help.classList.add("sm-keys--on");
      help.querySelector("[data-keys-list]").hidden = !on;
      button.textContent = on ? help.dataset.off : help.dataset.on;
    };
    button.addEventListener("click", () => {
      on = !on;
      try { localStorage.setItem(STORE, on ? "on" : "off"); } catch { /* private window: only for this page */ }
      show();
    });
    show();
  }

  // Bulk actions: a form with data-bulk; its boxes, a box for all, and places that say how many.
  for (const form of document.querySelectorAll("form[data-bulk]")) {
    const boxes = () => [...form.elements].filter((box) => box.type === "checkbox" && box.name === form.dataset.bulk);
    const all = form.querySelector("[data-bulk-all]");
    const whole = form.querySelector("[data-bulk-whole]"); // all of the list, whatever page is shown
    const count = () => {
      const ticked = boxes().filter((box) => box.checked).length;
      const picked = whole && whole.checked ? Number(whole.dataset.bulkWhole) : ticked;
      for (const place of form.querySelectorAll("[data-bulk-count]")) place.textContent = picked;
      for (const button of form.querySelectorAll("[data-bulk-button]")) button.setAttribute("aria-disabled", picked ? "false" : "true");
      if (all) {
        all.checked = ticked > 0 && ticked === boxes().length;
        all.indeterminate = ticked > 0 && !all.checked;
      }
    };
    form.addEventListener("change", (event) => {
      if (event.target === all) for (const box of boxes()) box.checked = all.checked;
      count();
    });
    form.addEventListener("click", (event) => {
      const button = event.target.closest('[data-bulk-button][aria-disabled="true"]');
      if (button && !form.dataset.sent) event.preventDefault();
    });
    form.addEventListener("htmx:afterSwap", count);
    count();
  }
})();
