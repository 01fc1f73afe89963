// The desk by keyboard. Every page reads and acts without this file; it only spares the mouse.
//   /  the search field, ↓ ↑ what answers it         Escape  close the drawer and come back to what opened it
//   J K  next, previous row     X  choose the row     Enter  its first act     letter in data-key  that act of the row
"use strict";
(() => {
  const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const rows = () => [...document.querySelectorAll(".worklist > li")];
  const current = () => document.querySelector(".worklist > li[aria-current]");
  let opener = null;

  function move(step) {
    const all = rows();
    if (!all.length) return;
    const from = all.indexOf(current());
    const to = all[Math.max(0, Math.min(all.length - 1, from + step))];
    all.forEach((row) => row.removeAttribute("aria-current"));
    to.setAttribute("aria-current", "true");
    all.forEach((row) => row.querySelectorAll(".acts .button").forEach((button, rank) =>
      button.classList.toggle("primary", row === to && rank === 0)));
    (to.querySelector("input[type=checkbox], a, button") || to).focus({ preventScroll: true });
    to.scrollIntoView({ block: "nearest" });
  }

  function close() {
    const drawer = document.querySelector(".drawer[data-closes]:not(:empty)");
    if (!drawer) return false;
    drawer.replaceChildren();
    if (opener && opener.isConnected) { opener.setAttribute("aria-expanded", "false"); opener.focus(); }
    return true;
  }

  const acts = {
    "/": () => { const field = document.getElementById("q"); if (field) { field.focus(); field.select(); } return field; },
    j: () => { move(1); return rows().length; },
    k: () => { move(-1); return rows().length; },
    x: () => { const box = current()?.querySelector("input[type=checkbox]"); if (box) box.click(); return box; },
    Enter: () => { const act = current()?.querySelector(".acts .button"); if (act) act.click(); return act; },
  };

  // From the field of the bar to what answers, and back.
  function suggest(event) {
    const field = document.getElementById("q"), list = document.getElementById("suggestions");
    if (!list || !event.target.closest(".bar .search")) return false;
    if (event.key === "Escape" && list.firstChild) { list.replaceChildren(); field.focus(); return true; }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return false;
    const all = [field, ...list.querySelectorAll("a")];
    all[Math.max(0, Math.min(all.length - 1, all.indexOf(document.activeElement) + step))].focus();
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (suggest(event)) { event.preventDefault(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") { if (close()) event.preventDefault(); return; }
    if (typing(event.target)) return;
    if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const named = (current() || document).querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (named && !acts[key]) { named.click(); event.preventDefault(); return; }
    if (acts[key] && acts[key]()) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) close();
    const why = event.target.closest("[hx-target]");
    if (why) opener = why;
  });

  // What htmx put in a drawer is read at once.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (!event.target.classList.contains("drawer")) return;
    if (opener) opener.setAttribute("aria-expanded", "true");
    const title = event.target.querySelector("h2");
    if (title) { title.tabIndex = -1; title.focus(); }
  });
  // A refusal (4xx) of an htmx request is shown where its answer was to be.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status === 409 || event.detail.xhr.status === 422) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  // Back from an act on a row, the keyboard goes on from the row that is now the current one; the address's own jump,
  // which takes the focus away, comes first.
  addEventListener("load", () => {
    const row = document.getElementById(location.hash.slice(1))?.querySelector(".worklist > li[aria-current]");
    row?.querySelector(":is(input[type=checkbox], a, button)")?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  });
  // What is typed stays when the language changes: this tab keeps it until the next page, which takes it back.
  const written = () => [...document.querySelectorAll("main :is(input, select, textarea)[name]")].filter((field) =>
    !["hidden", "file", "password"].includes(field.type) && field.dataset.submits === undefined);
  document.addEventListener("submit", ({ target }) => {
    if (target.dataset.keeps === undefined) return;
    const typed = written().map(({ name, value, checked }) => ({ name, value, checked }));
    sessionStorage.setItem("typed", JSON.stringify({ at: target.elements.next.value, typed }));
  });
  addEventListener("load", () => {
    const { at, typed } = JSON.parse(sessionStorage.getItem("typed") || "{}");
    sessionStorage.removeItem("typed");
    if (at !== location.pathname + location.search) return;
    for (const field of written()) {
      const same = typed.findIndex(({ name }) => name === field.name);
      if (same < 0) continue;
      const [{ value, checked }] = typed.splice(same, 1);
      if (field.value === value && field.checked === checked) continue;
      Object.assign(field, { value, checked });
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
  // On a phone the rail scrolls: where one is comes in sight.
  document.querySelector(".rail [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  document.addEventListener("change", (event) => { if (event.target.dataset.submits !== undefined) event.target.form.requestSubmit(); });
})();
