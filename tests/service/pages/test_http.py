"""HTTP manners of the pages: redirects, validators, `Vary`, `Link`, other origins, errors."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from kb.release import Release
from ontology import namespaces as ns
from service.pages.negotiation import DATA, REPRESENTATIONS, Representation

NAMES = [
    "method/collegial-tutoring",
    "document/ihub4schools-d3.2",
    "phase/school-mentoring/mapping",
    "release",
]
PARSERS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
PAGES = [
    "/",
    "/browse",
    "/browse/method",
    "/about",
    "/privacy",
    "/ontology.html",
    "/search?q=trust",
    "/search",
]


@pytest.mark.parametrize("one", REPRESENTATIONS, ids=lambda one: one.suffix)
@pytest.mark.parametrize("name", NAMES)
def test_a_thing_redirects_to_the_form_that_suits(
    client: FlaskClient, name: str, one: Representation
) -> None:
    answer = client.get(f"/id/{name}", headers={"Accept": one.media_type})
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/id/{name}.{one.suffix}"
    assert "Accept" in answer.headers["Vary"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert f'</id/{name}.ttl>; rel="alternate"; type="text/turtle"' in answer.headers["Link"]
    assert 'rel="describedby"' in answer.headers["Link"]
    there = client.get(answer.headers["Location"])
    assert there.status_code == 200
    assert there.mimetype == one.media_type


@pytest.mark.parametrize("name", [*NAMES, "passage/ihub4schools-d3.2/L437-439"])
def test_all_forms_of_data_hold_the_same_statements(client: FlaskClient, name: str) -> None:
    found = []
    for one in DATA:
        answer = client.get(f"/id/{name}.{one.suffix}")
        assert answer.status_code == 200, one.suffix
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Link"] == f'<{ns.ID}{name}>; rel="describes"'
        parsed = ox.parse(input=answer.data, format=PARSERS[one.suffix])
        found.append({quad.triple for quad in parsed})
    assert found[0]
    assert all(one == found[0] for one in found)


def test_the_data_of_a_thing_say_what_is_said_of_it_and_what_points_at_it(client: FlaskClient) -> None:
    answer = client.get("/id/method/collegial-tutoring.nt")
    parsed = {quad.triple for quad in ox.parse(input=answer.data, format=ox.RdfFormat.N_TRIPLES)}
    method = ox.NamedNode(ns.ID + "method/collegial-tutoring")
    phase = ox.NamedNode(ns.ID + "phase/school-mentoring/development-actions")
    assert ox.Triple(method, ox.NamedNode(ns.SMM + "suitableForPhase"), phase) in parsed
    assert any(triple.object == method for triple in parsed)


def test_the_data_of_a_passage_hold_what_it_states(client: FlaskClient) -> None:
    answer = client.get("/id/passage/ihub4schools-d3.2/L437-439.nt")
    parsed = {quad.triple for quad in ox.parse(input=answer.data, format=ox.RdfFormat.N_TRIPLES)}
    method = ox.NamedNode(ns.ID + "method/collegial-tutoring")
    between = ox.NamedNode(ns.SMM + "BetweenSchools")
    assert ox.Triple(method, ox.NamedNode(ns.SMM + "setting"), between) in parsed


def test_no_form_is_406_with_a_list(client: FlaskClient) -> None:
    answer = client.get("/id/method/collegial-tutoring", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert "Accept" in answer.headers["Vary"]
    assert "text/turtle" in answer.get_json(force=True)["advice"]


@pytest.mark.parametrize(
    "path",
    [
        "/id/method/nothing-such",
        "/id/method/nothing-such.html",
        "/id/method/nothing-such.ttl",
        "/browse/nothing",
        *(
            "/id/method/..%2F..%2Fetc",
            "/id/Method/x",
            "/id/",
            "/passage/../x",
            "/assets/../app.py",
            "/assets/bundle.py",
        ),
        *("/ontology.xyz", "/download/secrets", "/download/..%2Fcurrent"),
    ],
)
def test_what_is_not_there_is_a_problem(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    page = client.get(path, headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert "<h1>" in page.text


@pytest.mark.parametrize(
    "name", ["/evil.example", "/evil.example/x", "\\evil.example", "evil.example//x", "@evil"]
)
def test_no_address_redirects_elsewhere(client: FlaskClient, name: str) -> None:
    for prefix in ("/id/", "/passage/", "/id//"):
        answer = client.get(prefix + name)
        assert answer.status_code in (308, 404)
        assert not answer.headers.get("Location", "/x").startswith(
            ("//", "/\\", "http://evil", "https://evil")
        )


@pytest.mark.parametrize(
    "path",
    [*PAGES, "/id/method/collegial-tutoring.html", "/id/method/collegial-tutoring.ttl", "/ontology.ttl"],
)
def test_pages_and_data_can_be_validated(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    assert first.status_code == 200
    tag = first.headers["ETag"]
    assert tag.startswith('"'), "a strong validator"
    again = client.get(path, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["ETag"] == tag
    other = client.get(path, headers={"If-None-Match": '"something-else"'})
    assert other.status_code == 200


def test_validators_tell_forms_and_parameters_apart(client: FlaskClient) -> None:
    paths = ["/id/method/collegial-tutoring." + one.suffix for one in REPRESENTATIONS]
    paths += [
        "/search?q=trust",
        "/search?q=time",
        "/search.json?q=trust",
        "/browse/method",
        "/browse/method?page=2",
    ]
    tags = [client.get(path).headers["ETag"] for path in paths]
    assert len(set(tags)) == len(tags)


def test_head_has_the_headers_of_get(client: FlaskClient) -> None:
    got, head = (method("/id/method/collegial-tutoring.ttl") for method in (client.get, client.head))
    assert head.status_code == 200
    assert head.data == b""
    assert head.headers["ETag"] == got.headers["ETag"]


def test_a_foreign_host_name_is_not_repeated(client: FlaskClient) -> None:
    answer = client.get("/id/method/collegial-tutoring", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.headers.get("Location", "")


def test_the_ontology_can_be_had_in_every_form(client: FlaskClient) -> None:
    found = []
    for one in DATA:
        to = client.get("/ontology", headers={"Accept": one.media_type})
        assert (to.status_code, to.headers["Location"]) == (303, f"/ontology.{one.suffix}")
        body = client.get(to.headers["Location"]).data
        dataset = ox.Dataset(ox.parse(input=body, format=PARSERS[one.suffix]))
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        found.append({quad.triple for quad in dataset})
    assert len(found[0]) > 1000
    assert all(one == found[0] for one in found)


def test_the_release_can_be_downloaded(client: FlaskClient, release: Release) -> None:
    void = client.get("/.well-known/void")
    assert (void.status_code, void.headers["Location"]) == (303, "/download/void.ttl")
    for name in ("dataset.nq.gz", "ontology.ttl", "void.ttl", "manifest.json"):
        with client.get(f"/download/{name}") as answer:
            assert answer.status_code == 200
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert len(answer.data) == (release.path / name).stat().st_size
            tag = answer.headers["ETag"]
        assert client.get(f"/download/{name}", headers={"If-None-Match": tag}).status_code == 304


def test_the_short_address_of_a_passage_leads_to_its_page(client: FlaskClient) -> None:
    answer = client.get("/passage/ihub4schools-d3.2/L437-439")
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        "/id/passage/ihub4schools-d3.2/L437-439.html",
    )
