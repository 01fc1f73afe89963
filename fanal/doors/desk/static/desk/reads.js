// The grid of a round by keyboard: Enter and the arrows walk the cells, Ctrl S enters what is typed.
"use strict";
(() => {
  const form = document.getElementById("round");
  if (!form) return;
  const cells = () => [...form.querySelectorAll("input.index")];
  let left = false;

  function walk(cell, step) {
    const all = cells();
    const to = all[all.indexOf(cell) + step] || (step > 0 ? form.querySelector("[data-save]") : null);
    if (to) { to.focus(); if (to.select) to.select(); to.scrollIntoView({ block: "nearest" }); }
  }

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      const save = form.querySelector("[data-save]");
      if (save) { event.preventDefault(); form.requestSubmit(save); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || !event.target.matches("input.index")) return;
    const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); walk(event.target, step); }
  });

  // A cell left empty has nothing to be said of it; what was refused is marked as such.
  document.addEventListener("htmx:configRequest", (event) => {
    const cell = event.target;
    if (!cell.matches("input.index") || cell.value.trim()) return;
    event.preventDefault();
    document.getElementById(cell.getAttribute("aria-describedby")).replaceChildren();
    cell.removeAttribute("aria-invalid");
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const cell = form.querySelector(`[aria-describedby="${CSS.escape(event.target.id)}"]`);
    if (cell) cell.toggleAttribute("aria-invalid", false);
    if (cell && event.target.querySelector("[data-refused]")) cell.setAttribute("aria-invalid", "true");
  });

  // Whatever is typed leaves with the form, or stays when the language changes.
  document.addEventListener("submit", ({ target }) => { left = target === form || target.dataset.keeps !== undefined; });
  window.addEventListener("beforeunload", (event) => {
    if (!left && cells().some((cell) => cell.value !== cell.defaultValue)) event.preventDefault();
  });
  const first = form.querySelector("input.index[aria-invalid]") || (location.hash ? null : cells()[0]);
  if (first) first.focus({ preventScroll: true });
})();
