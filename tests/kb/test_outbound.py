"""The client for calls to other servers, against servers that misbehave."""

from __future__ import annotations

import gzip
import shutil
import socket
import ssl
import subprocess
import threading
import time
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from kb import outbound
from kb.addresses import OutboundError, Target, is_public
from kb.outbound import Rules, fetch
from tests.outside import Outside, Reply, outside

LOCAL = frozenset({"127.0.0.1"})
LONG = 3600.0


def read(url: str, rules: Rules | None = None, **more: Any) -> bytes:
    with fetch(url, rules or Rules(private_hosts=LOCAL), **more) as answer:
        return answer.read()


def refused(url: str, rules: Rules | None = None, **more: Any) -> OutboundError:
    with pytest.raises(OutboundError) as caught:
        read(url, rules, **more)
    assert caught.value.advice
    return caught.value


def lookup(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let names have these addresses, one answer after the other; the list of names that were looked up."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, **_: object) -> list[Any]:
        found = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        families = [socket.AF_INET6 if ":" in address else socket.AF_INET for address in found]
        return [(family, 1, 6, "", (address, port)) for family, address in zip(families, found, strict=True)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "100.100.100.200", "0.0.0.0", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
        "168.63.129.16", "192.0.0.192", "198.18.0.1", "203.0.113.7", "192.88.99.1",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
        "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "fc00::1", "ff02::1", "2001:db8::1", "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "3fff::1", "100::1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "193.40.5.1", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://127.1:{port}/", "http://2130706433:{port}/",
        "http://0x7f.1:{port}/", "http://[::1]:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "http://0:{port}/",
    ],
)  # fmt: skip
def test_this_machine_is_not_asked_unless_the_caller_names_it(url: str) -> None:
    with outside(lambda reply: reply.answer(b"secret")) as server:
        assert refused(url.format(port=server.port), Rules()).code == "private-address"
        assert server.asked == []
        assert read(server.url()) == b"secret"


@pytest.mark.parametrize(
    "url",
    ["ftp://example.org/", "file:///etc/passwd", "gopher://example.org", "//example.org/", "http://", "http:///x",
     "https://example.org:99999/", "http://user:password@example.org/", "http://user@example.org/", "http://[::1/"],
)  # fmt: skip
def test_what_is_no_address_to_ask(url: str) -> None:
    error = refused(url)
    assert error.code == "address"
    assert "password@" not in str(error)


def test_one_private_address_among_several_refuses_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    lookup(monkeypatch, ["93.184.215.14", "10.0.0.7"])
    assert refused("http://two.test/", Rules()).code == "private-address"


def test_a_name_is_looked_up_once_and_the_connection_pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    with outside(lambda reply: reply.answer(b"yes")) as server:
        asked = lookup(monkeypatch, ["127.0.0.1"], ["192.0.2.1"])
        rules = Rules(private_hosts=frozenset({"pinned.test"}))
        assert read(server.url("/a?b=c", "Pinned.test"), rules) == b"yes"
        assert asked == ["pinned.test"]
        assert server.asked[0].headers["host"] == f"pinned.test:{server.port}"
        assert server.asked[0].path == "/a?b=c"


def test_a_second_address_is_tried_when_the_first_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with outside(lambda reply: reply.answer(b"yes")) as server:
        lookup(monkeypatch, ["127.0.0.1", "127.0.0.2"])
        closed = socket.create_server(("127.0.0.2", 0))  # only 127.0.0.1 serves on the server's port
        closed.close()
        lookup(monkeypatch, ["127.0.0.2", "127.0.0.1"])
        assert read(server.url(host="two.test"), Rules(private_hosts=frozenset({"two.test"}))) == b"yes"


def test_an_unknown_name_and_a_slow_lookup(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert refused("http://nowhere.test/").code == "unknown-name"
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait() and [])
    assert refused("http://slow.test/", Rules(total_s=0.2)).code == "timeout"
    over.set()


def test_a_redirect_is_refused_and_says_where_it_leads() -> None:
    with outside(lambda reply: reply.head(302, Location="http://169.254.169.254/latest?key=1")) as server:
        error = refused(server.url())
        assert (error.code, error.status) == ("redirect", 302)
        assert "http://169.254.169.254/latest" in error.detail
        assert "key=1" not in str(error)


def test_a_redirect_is_checked_like_an_address() -> None:
    def serve(reply: Reply) -> None:
        where = {
            "/private": "http://10.0.0.1/",
            "/self": "/self",
            "/near": "/good",
            "/file": "file:///etc/passwd",
        }
        if reply.path == "/good":
            reply.answer(b"good")
        else:
            reply.head(307, Location=where[reply.path])

    with outside(serve) as server:
        rules = Rules(private_hosts=LOCAL, redirects=3)
        assert refused(server.url("/private"), rules).code == "private-address"
        assert refused(server.url("/self"), rules).code == "redirect"
        assert refused(server.url("/file"), rules).code == "address"
        assert refused(server.url("/near"), rules, method="POST", body=b"x").code == "redirect"
        assert read(server.url("/near"), rules) == b"good"


def test_a_redirect_to_another_origin_does_not_take_the_callers_headers_along() -> None:
    with outside(lambda reply: reply.answer(b"there")) as other:
        with outside(lambda reply: reply.head(302, Location=other.url("/x"))) as server:
            rules = Rules(private_hosts=LOCAL, redirects=1)
            sent = {"Authorization": "Bearer secret", "Accept": "text/plain"}
            assert read(server.url(), rules, headers=sent) == b"there"
        assert server.asked[0].headers["authorization"] == "Bearer secret"
        assert "authorization" not in other.asked[0].headers
        assert other.asked[0].headers["accept"] == "text/plain"


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with outside(lambda reply: reply.answer(b"direct")) as server:
        assert read(server.url()) == b"direct"
        assert "MentorGraph" in server.asked[0].headers["user-agent"]


@pytest.mark.parametrize("part", ["head", "body", "chunks"])
def test_a_drip_feed_ends_at_the_total_time(part: str) -> None:
    def serve(reply: Reply) -> None:
        if part == "head":
            reply.drip(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 10_000, 0.05)
        elif part == "body":
            reply.head(Content_Type="text/plain", Content_Length="10000")
            reply.drip(b"x" * 10_000, 0.05)
        else:
            reply.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            reply.drip(b"1\r\nx\r\n" * 2000, 0.05)

    with outside(serve) as server:
        began = time.monotonic()
        error = refused(server.url(), Rules(private_hosts=LOCAL, total_s=0.6, idle_s=LONG))
        assert error.code == "timeout"
        assert time.monotonic() - began < 5.0


def test_silence_ends_at_the_idle_time() -> None:
    with outside(lambda reply: reply.wait()) as server:
        error = refused(server.url(), Rules(private_hosts=LOCAL, total_s=LONG, idle_s=0.2))
        assert error.code == "timeout"
        assert "0.2 s without a byte" in error.detail


def endless(reply: Reply) -> None:
    reply.head(Content_Type="text/plain")
    while not reply.server.over.is_set():
        reply.wfile.write(b"x" * 65_536)


def endless_head(reply: Reply) -> None:
    while not reply.server.over.is_set():
        reply.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)


BOMB = gzip.compress(bytes(16 << 20), 1)


def bomb(reply: Reply) -> None:
    reply.answer(BOMB, Content_Encoding="gzip")


@pytest.mark.parametrize("serve", [endless, endless_head, bomb])
def test_too_many_bytes_are_refused_as_they_come(serve: Any) -> None:
    with outside(serve) as server:
        error = refused(server.url(), Rules(private_hosts=LOCAL, max_bytes=1 << 20))
        assert error.code == "too-large"
        assert "1048576 bytes" in error.detail


def test_a_body_of_exactly_the_limit_is_read() -> None:
    with outside(lambda reply: reply.answer(b"x" * 1000)) as server:
        assert len(read(server.url(), Rules(private_hosts=LOCAL, max_bytes=1000))) == 1000
        assert refused(server.url(), Rules(private_hosts=LOCAL, max_bytes=999)).code == "too-large"


def test_compressed_bodies_are_read() -> None:
    text = bytes(range(256)) * 4000
    packed = gzip.compress(text[:5000]) + gzip.compress(text[5000:])
    with outside(lambda reply: reply.answer(packed, Content_Encoding="gzip")) as server:
        assert read(server.url()) == text
        assert server.asked[0].headers["accept-encoding"] == "gzip"


def short(reply: Reply) -> None:
    reply.head(Content_Length="100")
    reply.wfile.write(b"x" * 50)


def short_chunk(reply: Reply) -> None:
    reply.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")


def half_gzip(reply: Reply) -> None:
    reply.answer(gzip.compress(bytes(range(256)) * 100)[:-20], Content_Encoding="gzip")


def no_gzip(reply: Reply) -> None:
    reply.answer(b"plain", Content_Encoding="gzip")


def no_http(reply: Reply) -> None:
    reply.wfile.write(b"220 mail.example.org ESMTP\r\n")


@pytest.mark.parametrize("serve", [short, short_chunk, half_gzip, no_gzip, no_http])
def test_an_answer_that_breaks_off_is_no_answer(serve: Any) -> None:
    with outside(serve) as server:
        assert refused(server.url()).code == "broken"


def test_a_page_in_place_of_data_and_an_unasked_encoding() -> None:
    with outside(lambda reply: reply.answer(b"<html>", "text/html; charset=utf-8")) as server:
        error = refused(server.url(), Rules(private_hosts=LOCAL, media_types=("text/turtle",)))
        assert error.code == "media-type"
        assert "text/html" in error.detail
        assert "text/turtle" in error.advice
    with outside(lambda reply: reply.answer(b"?", Content_Encoding="br")) as server:
        assert refused(server.url()).code == "encoding"


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [(429, "17", 17), (403, formatdate(time.time() - 60, usegmt=True), 0), (503, "soon", None)],
)
def test_a_refusal_is_told_with_its_reason(status: int, header: str, seconds: int | None) -> None:
    with outside(lambda reply: reply.answer(b"slow down", status=status, Retry_After=header)) as server:
        error = refused(server.url())
        assert (error.code, error.status, error.retry_after_s) == ("status", status, seconds)
        assert (error.excerpt, error.media_type) == (b"slow down", "text/plain")


def test_nobody_there() -> None:
    with outside(lambda reply: reply.answer(b"")) as server:
        url = server.url()
    assert refused(url).code == "unreachable"


def test_a_post_arrives_whole() -> None:
    with outside(lambda reply: reply.answer(reply.asked.body)) as server:
        assert (
            read(server.url(), method="POST", body=b"query", headers={"Content-Type": "text/x"}) == b"query"
        )
        assert server.asked[0].headers["content-type"] == "text/x"


def test_an_iri_becomes_an_address() -> None:
    target = Target.of("https://BÜCHER.example/ä b?q=é#part")
    assert target == Target(True, "xn--bcher-kva.example", 443, "/%C3%A4%20b?q=%C3%A9")
    assert target.authority == "xn--bcher-kva.example"
    assert Target.of("http://[::1]:80/").authority == "[::1]"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate for the name good.test in one file, signed by itself."""
    if not shutil.which("openssl"):
        pytest.skip("needs the openssl command to make a certificate")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=good.test".split()  # noqa: SIM905
    command += ["-addext", "subjectAltName=DNS:good.test", "-keyout", str(path), "-out", str(path) + ".crt"]
    subprocess.run(command, check=True, capture_output=True)
    path.write_text(path.read_text() + Path(str(path) + ".crt").read_text())
    return path


def test_the_certificate_must_bear_the_name(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lookup(monkeypatch, ["127.0.0.1"])
    rules = Rules(private_hosts=frozenset({"good.test", "bad.test"}), total_s=20)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server: Outside
    with outside(lambda reply: reply.answer(b"private")) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        outbound._tls.cache_clear()
        assert read(f"https://good.test:{server.port}/", rules) == b"private"
        assert refused(f"https://bad.test:{server.port}/", rules).code == "certificate"
        monkeypatch.delenv("SSL_CERT_FILE")
        outbound._tls.cache_clear()
        assert refused(f"https://good.test:{server.port}/", rules).code == "certificate"
    outbound._tls.cache_clear()
