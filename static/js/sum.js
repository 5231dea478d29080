// A group of numbers that must add up ([data-sum]): says after each change what they are together. The server checks it too.
(() => {
  "use strict";
  for (const group of document.querySelectorAll("[data-sum]")) {
    const shown = group.querySelector("[data-sum-now]");
    const parts = [...group.querySelectorAll("input[data-part]")];
    const add = () => { shown.textContent = parts.reduce((sum, part) => sum + (Number.parseInt(part.value || part.dataset.part, 10) || 0), 0); };
    if (shown) group.addEventListener("input", add);
  }
})();
