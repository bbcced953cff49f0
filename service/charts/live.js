// A picture answers to the pointer and the keyboard: the nearest point says who stated it and opens its report.
"use strict";

(() => {
  const NEAR = 18; // pixels of the screen
  const more = document.documentElement.dataset.more || "… and {} more";

  function centre(node, svg) {
    const matrix = svg.getScreenCTM();
    const point = new DOMPoint(Number(node.dataset.x), Number(node.dataset.y)).matrixTransform(matrix);
    return [point.x, point.y];
  }

  function prepare(figure) {
    const svg = figure.querySelector("svg");
    if (!svg || svg.dataset.live || !svg.getClientRects().length) return;
    svg.dataset.live = "yes";
    figure.closest("figure").dataset.drawn = "yes";
    const points = [...svg.querySelectorAll(".datum")];
    const tip = document.createElement("div");
    tip.className = "tip";
    tip.hidden = true;
    figure.append(tip);
    const places = points.map((node) => [Number(node.dataset.x), Number(node.dataset.y)]);
    let now = -1;

    function tell(text, x, y) {
      tip.textContent = text;
      tip.hidden = false;
      const box = figure.getBoundingClientRect();
      const left = Math.max(0, Math.min(x - box.left + 12, box.width - tip.offsetWidth - 4));
      const above = y - box.top - tip.offsetHeight - 12;
      tip.style.left = `${left}px`;
      tip.style.top = `${above < 0 ? y - box.top + 14 : above}px`;
    }

    // where several stand in one place, all of them speak
    function around(at) {
      const [x, y] = places[at];
      const same = points.filter((_, n) => Math.hypot(places[n][0] - x, places[n][1] - y) < 1);
      const said = same.slice(0, 4).map((node) => node.getAttribute("aria-label"));
      return said.join("\n") + (same.length > 4 ? `\n${more.replace("{}", same.length - 4)}` : "");
    }

    function nearest(event) {
      const matrix = svg.getScreenCTM();
      if (!matrix) return -1;
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
      let best = -1;
      let least = NEAR / matrix.a;
      for (let n = 0; n < places.length; n += 1) {
        const far = Math.hypot(places[n][0] - at.x, places[n][1] - at.y);
        if (far < least) [best, least] = [n, far];
      }
      return best;
    }

    svg.addEventListener("pointermove", (event) => {
      const at = nearest(event);
      if (at >= 0) {
        tell(around(at), ...centre(points[at], svg));
      } else if (event.target.classList.contains("spot")) {
        tell(event.target.dataset.said, event.clientX, event.clientY);
      } else {
        tip.hidden = true;
      }
    });
    svg.addEventListener("pointerleave", () => { tip.hidden = true; });

    // one stop for the Tab key; arrows walk from point to point, Enter opens the report
    function stand(at) {
      if (points[now]) points[now].setAttribute("tabindex", "-1");
      now = at;
      points[now].setAttribute("tabindex", "0");
    }
    points.forEach((node) => node.setAttribute("tabindex", "-1"));
    if (points.length) stand(0);
    svg.addEventListener("focusin", (event) => {
      const at = points.indexOf(event.target);
      if (at < 0) return;
      stand(at);
      tell(event.target.getAttribute("aria-label"), ...centre(event.target, svg));
    });
    svg.addEventListener("focusout", () => { tip.hidden = true; });
    svg.addEventListener("keydown", (event) => {
      const last = points.length - 1;
      const to = {
        ArrowRight: Math.min(now + 1, last), ArrowDown: Math.min(now + 1, last),
        ArrowLeft: Math.max(now - 1, 0), ArrowUp: Math.max(now - 1, 0), Home: 0, End: last,
      }[event.key];
      if (event.key === "Escape") tip.hidden = true;
      if (to === undefined || last < 0) return;
      event.preventDefault();
      stand(to);
      points[to].focus();
    });
  }

  const prepareAll = () => document.querySelectorAll("figure.chart .drawn, figure.chart:not(:has(.drawn))").forEach(prepare);
  document.addEventListener("chart:drawn", prepareAll);
  addEventListener("resize", prepareAll);
  prepareAll();
})();
