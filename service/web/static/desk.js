// The desk's forms work without this file. With it, the key is remembered while the tab is open, and each change
// of the grid is looked at as it is made, without loading the page anew.
"use strict";

(() => {
  const KEY = "casualty-key";
  const PAUSE = 600; // milliseconds without typing before the grid is looked at
  let sent = 0;
  let waiting;

  const form = () => document.querySelector("form[data-desk]");

  function rememberKey() {
    document.querySelectorAll("input[name=key]").forEach((field) => {
      field.value ||= sessionStorage.getItem(KEY) ?? "";
      field.addEventListener("change", () => sessionStorage.setItem(KEY, field.value.trim()));
    });
  }

  async function send(own, submitter) {
    const turn = ++sent;
    const fields = new FormData(own, submitter);
    if (!submitter) fields.set("step", "check");
    own.setAttribute("aria-busy", "true");
    if (submitter) tell(own, "sent");
    const answer = await fetch(own.action, { method: "POST", body: fields, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (turn !== sent) return; // the grid has changed meanwhile
    const next = page.querySelector("form[data-desk]");
    if (!next) {
      document.documentElement.replaceWith(document.adoptNode(page.documentElement));
      return;
    }
    const focused = document.activeElement?.id;
    const [file, key] = [own.querySelector("input[type=file]"), own.querySelector("input[name=key]").value];
    own.replaceWith(document.adoptNode(next));
    const fresh = form();
    if (file?.files.length) fresh.querySelector("input[type=file]").replaceWith(file);
    fresh.querySelector("input[name=key]").value = key;
    prepare();
    const news = submitter && fresh.querySelector("#trouble, #outcome, #rows-title, #whole-title");
    (news || document.getElementById(focused))?.focus({ preventScroll: true });
    if (news) news.scrollIntoView({ block: "start" }); // from its beginning: what moved is read first
  }

  // What becomes of what was sent; while the server works on it, it is not sent again.
  function tell(own, what) {
    const line = own.querySelector(".sending");
    line.textContent = line.dataset[what];
    line.hidden = false;
    own.querySelectorAll("button").forEach((button) => { button.disabled = what === "sent"; });
  }

  function giveUp(own) {
    own.removeAttribute("aria-busy");
    tell(own, "failed");
  }

  function prepare() {
    rememberKey();
    const own = form();
    if (!own) return;
    own.addEventListener("submit", (event) => {
      event.preventDefault();
      clearTimeout(waiting);
      sessionStorage.setItem(KEY, own.querySelector("input[name=key]").value.trim());
      send(own, event.submitter).catch(() => giveUp(own));
    });
    own.addEventListener("input", () => clearTimeout(waiting));
    own.addEventListener("change", (event) => {
      if (!own.querySelector(".grid") || event.target.closest("details") || event.target.name === "key") return;
      clearTimeout(waiting);
      waiting = setTimeout(() => send(own).catch(() => giveUp(own)), PAUSE);
    });
  }

  prepare();
})();
