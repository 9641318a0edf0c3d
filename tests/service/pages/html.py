"""A page for tests: what it says, where it links, and what must not be in it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = frozenset(
    {
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "wbr",
        "path",
        "circle",
    }
)
# Attributes by which markup runs scripts or carries styles of its own.
FORBIDDEN = ("style",)


@dataclass
class Page(HTMLParser):
    """Parsed strictly enough to notice broken nesting."""

    text: str = ""
    links: dict[str, str] = field(default_factory=dict)  # address → text of the first link to it
    ids: list[str] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    blocks: list[Any] = field(default_factory=list)  # the data in it for programs
    rows: list[list[str]] = field(default_factory=list)  # the cells of table bodies
    _open: list[str] = field(default_factory=list)
    _link: str = ""

    def __post_init__(self) -> None:
        HTMLParser.__init__(self, convert_charrefs=True)

    @classmethod
    def parse(cls, html: str) -> Page:
        page = cls()
        page.feed(html)
        page.close()
        page.faults += [f"<{tag}> is never closed" for tag in page._open]
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if "id" in given:
            self.ids.append(given["id"])
        for name in given:
            if name.startswith("on") or name in FORBIDDEN:
                self.faults.append(f"<{tag} {name}>")
        if tag == "script" and "src" not in given and given.get("type") != "application/ld+json":
            self.faults.append("an inline script")
        if tag == "style":
            self.faults.append("an inline style sheet")
        if tag == "a" and "href" in given:
            self._link = given["href"] if given["href"] not in self.links else ""
            self.links.setdefault(given["href"], "")
        if tag in ("td", "th"):
            self.text += " "
        if tag == "tr" and "tbody" in self._open:
            self.rows.append([])
        if tag == "td" and self.rows:
            self.rows[-1].append("")
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self._open or self._open[-1] != tag:
            self.faults.append(f"</{tag}> where {self._open[-1:]} is open")
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if tag == "a":
            self._link = ""

    def handle_data(self, data: str) -> None:
        if self._open[-1:] == ["script"]:  # data for programs, which nobody sees
            self.blocks.append(json.loads(data))
            return
        self.text += data
        if "td" in self._open and self.rows:
            self.rows[-1][-1] += data
        if self._link:
            self.links[self._link] += data

    @property
    def words(self) -> str:
        """The text with white space collapsed."""
        return " ".join(self.text.split())

    @property
    def headings(self) -> list[int]:
        return [int(tag[1]) for tag, _ in self.tags if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit()]
