"""What docs/sparql.md says is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from service.settings import PREFIX, table
from service.sparql import formats

TEXT = Path("docs/sparql.md").read_text(encoding="utf-8")
CODES = re.compile(
    r'(?:code=|Problem\(\s*\d+,\s*|bad_request\(\s*|QueryFailedError\(\s*|syntax\(\s*)"([a-z][a-z0-9-]+)"'
)


def test_every_limit_has_its_default_and_meaning() -> None:
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| (.*) \|$", TEXT.split("## Limits")[1], re.MULTILINE))
    settings = {name.removeprefix(PREFIX).lower(): f"{default} | {text}" for name, default, text in table()}
    assert rows == {name: settings[name] for name in rows}
    assert {
        name for name in settings if name.startswith(("max_", "query_", "queue_", "slow_", "per_"))
    } <= set(rows)


@pytest.mark.parametrize("one", [*formats.TABLES, *formats.GRAPHS], ids=lambda one: one.name)
def test_every_format_is_there(one: formats.Format) -> None:
    assert re.search(rf"\| `{one.name}`( \(default\))? \| `{re.escape(one.media_type)}` \|", TEXT)


def test_every_code_of_an_error_is_there() -> None:
    source = "".join(file.read_text() for file in Path("service/sparql").glob("*.py"))
    source += Path("service/gateway.py").read_text()
    codes = set(CODES.findall(source)) | {"busy", "too-many-queries"}
    assert "query-timeout" in codes
    assert codes - {"client-gone"} <= set(re.findall(r"`([a-z][a-z0-9-]+)`", TEXT.split("## Errors")[1]))
