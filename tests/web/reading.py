"""What a reader of a page is told, as the tests of languages read it."""

from __future__ import annotations

from html.parser import HTMLParser

COAST = "/crisis/syria-coast-2025-03"
REPORT = "r46cf8bb1e6f571e4c92a"
TRANSLATED = (
    "/", COAST, f"{COAST}?kind=origins&area=SY06", f"{COAST}?kind=known&area=SY06", f"{COAST}?kind=parts",
    f"{COAST}?kind=increments&area=x-syrian-coast&population=all", f"{COAST}?as_of=2025-03-05",
    f"{COAST}?kind=against&compare=libya-derna-2023-09&population=all&area=x-syrian-coast",
    "/why?area=SY0602&measure=killed&population=civilians", "/area/SY0602", f"/report/{REPORT}",
    "/source/snhr", "/conflict?crisis=syria-coast-2025-03", "/findings?check=slip", "/changes",
    "/conflict/syria-coast-2025-03/x-syrian-coast/killed/civilians",
    "/guide", "/guide/privacy", "/about", "/submit", "/held", "/register", f"/report/{REPORT}/mend",
)  # fmt: skip
"""A page of every kind, and every kind of chart, of those that are there in every language."""


class Reading(HTMLParser):
    """What a reader of a page is told: its text, node by node, and the attributes that are read out.

    What the page itself says is in English, and scripts, are left out.
    """

    SPOKEN = ("title", "aria-label", "alt", "placeholder", "data-said", "data-more", "aria-valuetext")
    OPEN_GRAPH = ("og:title", "og:description", "og:site_name")
    VOID = frozenset({"meta", "link", "img", "input", "br", "hr", "path", "rect"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.attributes: list[str] = []
        self.links: list[dict[str, str | None]] = []
        self._silent: list[bool] = [False]
        self._open = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        silent = self._silent[-1] or given.get("lang") == "en" or tag in ("script", "style")
        if tag in ("a", "form"):
            self.links.append(given)
        if not silent and not self._open:  # within a message in marks, its attributes are part of it
            self.attributes += [value for name in self.SPOKEN if (value := given.get(name))]
            if given.get("name") == "description" or given.get("property") in self.OPEN_GRAPH:
                self.attributes.append(given["content"] or "")
        if tag not in self.VOID:
            self._silent.append(silent)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            self._silent.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._silent[-1]:
            self.texts.append(data)
            self._open = max(0, self._open + data.count("⟦") - data.count("⟧"))
