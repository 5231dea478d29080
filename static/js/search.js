// The search works without this: it copies an address, and keeps the reader's place when htmx has swapped the results.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-copy-address]");
  if (!link || !navigator.clipboard) return;
  event.preventDefault();
  navigator.clipboard.writeText(link.href).then(() => {
    link.textContent = link.dataset.copied;
  });
});

// What was typed or ticked while an answer was under way is not eaten by it: that answer is dropped, and the form as it is now asked for.
const said = () => new URLSearchParams(new FormData(document.getElementById("find"))).toString();
let asked = null;
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id === "find") asked = said();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "search" || asked === null || asked === said()) return;
  event.detail.shouldSwap = false;
  htmx.trigger("#find", "submit");
});
// The new form is heard from the moment that it has settled: what was ticked before that is asked for then.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "search") asked = said();
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id === "search" && asked !== said()) htmx.trigger("#find", "submit");
});

// On a phone the filters stay as the reader left them: every swap brings them as the server thinks.
const folded = new Map();
// And what was ticked stays under the finger, whatever came or went above it.
let ticked = null;
document.addEventListener("htmx:beforeSwap", () => {
  const at = document.activeElement;
  ticked = at && at.id && at.closest("#search") ? { id: at.id, top: at.getBoundingClientRect().top } : null;
  for (const details of document.querySelectorAll("#find details")) folded.set(details.querySelector("summary").textContent.replace(/\(\d+\)/, "").trim(), details.open);
});
document.addEventListener("htmx:afterSwap", () => {
  for (const details of document.querySelectorAll("#find details")) {
    const open = folded.get(details.querySelector("summary").textContent.replace(/\(\d+\)/, "").trim());
    if (open !== undefined) details.open = open;
  }
  const again = ticked && document.getElementById(ticked.id);
  if (again) window.scrollBy({ top: again.getBoundingClientRect().top - ticked.top, behavior: "instant" });
});
