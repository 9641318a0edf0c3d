"""A profile in a link: the same answers come out, and nothing that is no profile does harm."""

from __future__ import annotations

import base64
import json
import re
import zlib
from html import unescape

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.profile import parse
from service.advice import links
from service.advice.library import Shelf
from service.errors import Problem
from tests.recommender.strategies import documents

FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PROFILE = {"goal": "Wir möchten wissen, where we stand", "country": "finland", "time": {"hours": 6}}


def packed(data: bytes) -> str:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return "1." + base64.urlsafe_b64encode(packer.compress(data) + packer.flush()).decode().rstrip("=")


@FEW
@given(data=st.data())
def test_every_profile_survives_its_link(data: st.DataObject, shelf: Shelf) -> None:
    profile = parse(data.draw(documents(shelf.vocabulary)), shelf.vocabulary)
    written = links.encode(profile.document())
    assert written is not None
    assert re.fullmatch(r"1\.[\w-]+", written)
    assert parse(links.decode(written), shelf.vocabulary) == profile


@pytest.mark.parametrize(
    "written",
    ["", "1", "1.", "1.!", "2.abc", packed(b"[1]"), packed(b"{")[:-2], packed(b"\xff"), "1." + "A" * 7000],
)
def test_what_holds_no_profile_is_refused(written: str) -> None:
    with pytest.raises(Problem) as caught:
        links.decode(written)
    assert caught.value.status == 400


def test_a_small_link_does_not_unpack_to_much() -> None:
    bomb = packed(b'{"goal": "' + b"a" * 3_000_000 + b'"}')
    assert len(bomb) < links.MAX_LINK
    with pytest.raises(Problem, match="larger than 65536 bytes"):
        links.decode(bomb)


def test_what_is_too_long_gets_no_link() -> None:
    goal = "".join(chr(0x4E00 + i * 7 % 20_000) for i in range(6000))
    assert links.encode({"goal": goal}) is None


def test_a_link_opens_the_form_filled_in_and_runs_only_when_asked(client: FlaskClient) -> None:
    written = links.encode(PROFILE)
    form = client.get(f"/advice?answers={written}")
    assert form.status_code == 200
    assert form.headers["Cache-Control"] == "no-store"
    assert "Wir möchten wissen" in form.text
    assert '<option value="finland" selected>' in form.text
    assert "How sure is this?" not in form.text
    assert "How sure is this?" in client.get(f"/advice?answers={written}&run=1").text
    assert client.get("/advice?answers=1.x", headers={"Accept": "text/html"}).status_code == 400


def test_the_advice_gives_the_link_of_its_answers(client: FlaskClient) -> None:
    page = client.post("/advice", data={"profile": json.dumps(PROFILE)}).text
    written = re.search(r'href="/advice\?answers=([^"]*)"', page)[1]  # type: ignore[index]
    assert links.decode(unescape(written)) == PROFILE
