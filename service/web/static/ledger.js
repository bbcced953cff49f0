// The page works without this file. With it, a change of the controls
// fetches the same page again and swaps its contents instead of loading everything anew.
"use strict";

(() => {
  const main = () => document.getElementById("main");
  let asked = 0;
  let shown = location.pathname + location.search;

  async function show(address, { remember }) {
    const turn = ++asked;
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (turn !== asked) return; // a later question has been asked meanwhile
    const focused = document.activeElement && document.activeElement.id;
    main().replaceWith(document.adoptNode(page.getElementById("main")));
    document.title = page.title;
    const state = page.querySelector("footer .state");
    const old = document.querySelector("footer .state");
    if (state && old) old.replaceWith(document.adoptNode(state));
    document.querySelectorAll("a.language").forEach((link, n) => {
      link.href = page.querySelectorAll("a.language")[n]?.getAttribute("href") ?? link.href;
    });
    if (remember) history.pushState(null, "", address);
    shown = location.pathname + location.search;
    prepare();
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  function go(address) {
    show(address, { remember: true }).catch(() => location.assign(address));
  }

  function addressOf(form) {
    const filled = [...new FormData(form)].filter(([, value]) => value !== "");
    return `${form.action.split("?")[0]}?${new URLSearchParams(filled)}`;
  }

  function followInPlace(link) {
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      go(link.href);
    });
  }

  function prepareSteps(form) {
    const slider = form.querySelector("#step");
    if (!slider) return;
    const days = slider.dataset.days.split(" ");
    const words = new Intl.DateTimeFormat(document.documentElement.dataset.locale, { dateStyle: "long", timeZone: "UTC" });
    slider.hidden = false;
    slider.addEventListener("input", () => {
      const told = words.format(new Date(days[slider.value]));
      form.querySelector("#step-day").textContent = told;
      slider.setAttribute("aria-valuetext", told);
    });
    slider.addEventListener("change", () => {
      form.querySelector("#as_of").value = days[slider.value];
      go(addressOf(form));
    });
    form.querySelectorAll(".steps a").forEach((link) => followInPlace(link));
  }

  function prepare() {
    document.querySelectorAll("form.controls").forEach((form) => {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        go(addressOf(form));
      });
      form.querySelectorAll("select").forEach((select) => {
        select.addEventListener("change", () => go(addressOf(form)));
      });
      prepareSteps(form);
    });
    document.querySelectorAll(".kinds a").forEach((link) => followInPlace(link));
    document.dispatchEvent(new Event("chart:drawn"));
  }

  addEventListener("popstate", () => {
    if (location.pathname + location.search === shown) return; // only the fragment has changed
    show(location.href, { remember: false }).catch(() => location.reload());
  });
  prepare();
})();
