"""Counts the triple patterns and path steps of a query from its tokens.

A small state machine over groups, blank node property lists, collections, paths and expressions. It accepts
any sequence of tokens and never counts too few patterns of a valid query. Every further step of a path counts
as a pattern, because that is what the engine's join optimiser sees.
"""

from __future__ import annotations

from dataclasses import dataclass

from service.sparql.tokens import TERMS, Token

# Kinds of bracket: head of a query, group, template, bnode list, collection, path, expression, data, triple
# term
HEAD, GROUP, TEMPLATE, BNODE, LIST, PATH, EXPRESSION, DATA, TRIPLE = range(9)
# Position within a triple
SUBJECT, VERB, AFTER_STEP, OBJECT, DONE = range(5)
TRIPLES = (GROUP, TEMPLATE, BNODE, TRIPLE)
KEYWORDS = frozenset(
    {"OPTIONAL", "MINUS", "UNION", "FILTER", "BIND", "VALUES", "LATERAL", "EXISTS", "NOT", "WHERE"}
)
PARTNER = {")": "(", "}": "{", "]": "[", ">>": "<<", "|}": "{|"}


@dataclass
class Frame:
    """An open bracket: its kind, the place in its current triple, the keyword that owns the next bracket."""

    bracket: str
    kind: int
    position: int = SUBJECT
    keyword: str = ""
    steps: int = 0


class Shape:
    """Feed it the tokens after the prologue, one by one."""

    def __init__(self, max_patterns: int, max_steps: int) -> None:
        self.max_patterns, self.max_steps = max_patterns, max_steps
        self.patterns = 0
        self.frames = [Frame("", HEAD)]
        self.datatype_follows = False

    def feed(self, token: Token) -> str:
        """The name of the limit that this token exceeds, or an empty string."""
        top = self.frames[-1]
        if token.kind == "word":
            self._word(top, token)
        elif token.kind in TERMS:
            if not self.datatype_follows:
                self._term(top)
            self.datatype_follows = False
        elif token.key in ("(", "{", "[", "<<", "{|"):
            self._open(top, token.key)
        elif token.key in PARTNER:
            self._close(PARTNER[token.key])
        else:
            self._operator(top, token.key)
        if self.patterns > self.max_patterns:
            return "max_triple_patterns"
        return "max_path_steps" if self.frames[-1].steps > self.max_steps else ""

    def _word(self, top: Frame, token: Token) -> None:
        key = token.key
        verb = top.kind == PATH or (top.kind in TRIPLES and top.position == VERB)
        if (token.text == "a" and verb) or key in ("TRUE", "FALSE"):
            self._term(top)
        elif key == "SELECT" and top.kind == GROUP:
            top.kind = HEAD
        elif key in ("GRAPH", "SERVICE"):
            self.patterns += 1  # a variable graph name, or what a service answers, is joined like a pattern
            top.keyword, top.position = key, SUBJECT
        elif key == "CONSTRUCT" or key in KEYWORDS:
            top.keyword = key
            top.position = SUBJECT

    def _term(self, top: Frame) -> None:
        """A node, or a finished bracket that stands for one."""
        if top.kind == LIST:
            self.patterns += 2
        elif top.kind == PATH:
            self._step()
        elif top.kind not in TRIPLES or top.keyword:
            return
        elif top.position == SUBJECT:
            top.position = VERB
        elif top.position == VERB:
            self._step()
            top.position = AFTER_STEP
        elif top.position in (AFTER_STEP, OBJECT):
            self.patterns += top.kind != TEMPLATE
            top.position, top.steps = DONE, 0

    def _step(self) -> None:
        """One more step of the path being read; its count lives in the frame where the path began."""
        owner = next(frame for frame in reversed(self.frames) if frame.kind != PATH)
        owner.steps += 1
        self.frames[-1].steps = owner.steps
        self.patterns += owner.steps > 1

    def _open(self, top: Frame, bracket: str) -> None:
        if bracket == "{":
            kind = {"VALUES": DATA, "CONSTRUCT": TEMPLATE}.get(top.keyword, GROUP)
            top.keyword = ""
            top.position = SUBJECT
            self.frames.append(Frame(bracket, kind))
        elif bracket == "(":
            self.frames.append(Frame(bracket, self._parenthesis(top)))
        elif top.kind not in (*TRIPLES, LIST):
            self.frames.append(Frame(bracket, EXPRESSION))
        else:
            kind = TRIPLE if bracket == "<<" else BNODE
            self.frames.append(Frame(bracket, kind, SUBJECT if kind == TRIPLE else VERB))

    def _parenthesis(self, top: Frame) -> int:
        """What a "(" opens here."""
        if top.keyword:
            top.keyword = "VALUES" if top.keyword == "VALUES" else ""
            return EXPRESSION
        if top.kind in (HEAD, EXPRESSION, DATA):
            return EXPRESSION
        if top.kind == PATH or (top.kind in TRIPLES and top.position == VERB):
            return PATH
        return TRIPLE if top.bracket == "<<" and top.position == SUBJECT else LIST

    def _close(self, bracket: str) -> None:
        if not any(frame.bracket == bracket for frame in self.frames):
            return
        while (closed := self.frames.pop()).bracket != bracket:
            pass
        top = self.frames[-1]
        if closed.kind == PATH and top.kind in TRIPLES:
            top.position = AFTER_STEP
        elif (
            closed.kind in (BNODE, LIST, TRIPLE)
            and closed.bracket in ("[", "(", "<<")
            and top.bracket != "<<"
        ):
            self._term(top)

    def _operator(self, top: Frame, key: str) -> None:
        self.datatype_follows = key == "^^"
        if top.kind not in TRIPLES:
            return
        if key == ".":
            top.position, top.steps = SUBJECT, 0
        elif key == ";":
            top.position = VERB
        elif key == "," and top.position == DONE:
            top.position = OBJECT
        elif key in ("/", "|") and top.position == AFTER_STEP:
            top.position = VERB
