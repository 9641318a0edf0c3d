"""Compressed answers: who gets them, their headers and validators, and what is not compressed."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

import pytest
from flask import Flask, Response, request

from service.compression import Compression, takes_gzip

TEXT = b"a statement after another\n" * 100
TAG = '"abc"'


class Late:
    """Pieces that tell whether they were closed, and can break off."""

    def __init__(self, pieces: list[bytes], failure: Exception | None = None) -> None:
        self.pieces, self.failure, self.closed = iter(pieces), failure, False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self.pieces)
        except StopIteration:
            if self.failure:
                raise self.failure from None
            raise

    def close(self) -> None:
        self.closed = True


def call(answer: Response, **headers: str) -> Response:
    """What the middleware makes of `answer`, which the application gives unless it has not changed."""
    app = Flask("t")

    @app.get("/")
    def root() -> Response:
        if request.if_none_match.contains_weak("abc"):
            unchanged = Response(status=304)
            unchanged.set_etag("abc")
            return unchanged
        return answer

    app.wsgi_app = Compression(app.wsgi_app)  # type: ignore[method-assign]
    method = headers.pop("method", "GET")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response: Response = app.test_client().open("/", method=method, headers=named)
    return response


def whole(body: bytes = TEXT, media_type: str = "application/sparql-results+json", **more: str) -> Response:
    headers = {
        "ETag": TAG,
        "Vary": "Accept",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    return Response(body, content_type=media_type, headers=headers)


@pytest.mark.parametrize(
    ("header", "takes"),
    [
        ("", False), ("gzip", True), ("gzip, deflate, br", True), ("br", False), ("*", True),
        ("gzip;q=0", False), ("*, gzip;q=0", False), ("identity", False), ("gzip;q=0.5, identity", False),
        ("identity;q=0.5, gzip", True), ("x-gzip-not", False),
    ],
)  # fmt: skip
def test_who_takes_it(header: str, takes: bool) -> None:
    assert takes_gzip(header) is takes


def test_a_short_answer_is_compressed_whole() -> None:
    answer = call(whole(), Accept_Encoding="gzip")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data) == TEXT
    assert answer.content_length == len(answer.data) < len(TEXT)
    assert answer.headers["ETag"] == '"abc-gzip"'
    assert answer.headers["Vary"] == "Accept, Accept-Encoding"
    assert call(whole(), Accept_Encoding="gzip").data == answer.data, "a strong validator: the same bytes"


def test_others_get_it_as_it_is_and_are_told_that_it_varies() -> None:
    answer = call(whole())
    assert answer.data == TEXT
    assert answer.headers["ETag"] == TAG
    assert answer.headers["Vary"] == "Accept, Accept-Encoding"
    assert "Content-Encoding" not in answer.headers


def test_pieces_are_sent_on_at_once() -> None:
    pieces = Late([b"first " * 10, b"second"])
    answer = call(Response(pieces, content_type="text/csv", headers={"ETag": TAG}), Accept_Encoding="gzip")
    assert answer.headers["ETag"] == 'W/"abc-gzip"'
    assert "Content-Length" not in answer.headers
    unpack = zlib.decompressobj(wbits=31)
    got = answer.iter_encoded()
    assert unpack.decompress(next(got)) == b"first " * 10
    assert unpack.decompress(b"".join(got)) == b"second"
    assert unpack.eof
    answer.close()
    assert pieces.closed


def test_an_answer_that_breaks_off_has_no_end() -> None:
    pieces = Late([b"first"], RuntimeError("late"))
    answer = call(Response(pieces, content_type="text/csv"), Accept_Encoding="gzip")
    got, unpack = answer.iter_encoded(), zlib.decompressobj(wbits=31)
    assert unpack.decompress(next(got)) == b"first"
    with pytest.raises(RuntimeError):
        next(got)
    assert not unpack.eof


@pytest.mark.parametrize(
    "answer",
    [
        whole(b"short"),
        whole(media_type="image/png"),
        whole(Content_Encoding="br"),
        whole(Set_Cookie="a=b"),
        whole(Cache_Control="no-transform"),
    ],
    ids=["short", "picture", "compressed", "cookie", "no-transform"],
)
def test_what_stays_as_it_is(answer: Response) -> None:
    body = answer.data
    got = call(answer, Accept_Encoding="gzip")
    assert got.data == body
    assert got.headers["ETag"] == TAG


def test_head_has_the_headers_of_get() -> None:
    got = call(whole(), Accept_Encoding="gzip", method="HEAD")
    assert got.headers["ETag"] == '"abc-gzip"'
    assert got.headers["Content-Encoding"] == "gzip"
    assert got.data == b""


@pytest.mark.parametrize(
    ("sent", "status", "tag"),
    [
        ('"abc-gzip"', 304, '"abc-gzip"'),
        ('W/"abc-gzip"', 304, 'W/"abc-gzip"'),
        ('"abc"', 304, '"abc"'),
        ('"x", "abc-gzip"', 304, '"abc-gzip"'),
        ('"other-gzip"', 200, '"abc-gzip"'),
    ],
)
def test_validators_of_either_representation(sent: str, status: int, tag: str) -> None:
    got = call(whole(), Accept_Encoding="gzip", If_None_Match=sent)
    assert (got.status_code, got.headers["ETag"]) == (status, tag)
    assert "Accept-Encoding" in got.headers["Vary"]


def test_a_compressed_one_does_not_do_for_who_takes_none() -> None:
    assert call(whole(), If_None_Match='"abc-gzip"').status_code == 200
