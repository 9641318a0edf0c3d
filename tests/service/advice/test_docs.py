"""docs/advice.md describes every field, component and rule as the code has them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from recommender import weights
from recommender.fields import FIELDS, Field
from service.advice.api import ADVICE_PATH, COMPARE_PATH

TEXT = (Path(__file__).parents[3] / "docs" / "advice.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.path)
def test_every_field_has_its_row(field: Field) -> None:
    row = next(line for line in TEXT.splitlines() if line.startswith(f"| `{field.path}` |"))
    assert field.question in row
    for option in field.options or {}:
        assert f"`{option}`" in row
    if field.most:
        assert str(field.most) in row


@pytest.mark.parametrize("name", weights.COMPONENTS)
def test_every_component_has_its_row(name: str) -> None:
    weight = weights.COMPONENTS[name]
    assert f"| `{name}` | {weight.value:g} | {weight.reason} |" in TEXT


def test_every_module_that_is_named_exists() -> None:
    root = Path(__file__).parents[3]
    for path in set(re.findall(r"`((?:recommender|tests|service)/[\w/]+\.py)`", TEXT)):
        assert (root / path).is_file(), path


def test_the_example_runs(client: FlaskClient) -> None:
    profile = json.loads(re.search(r"advice -H .*\s+-d '(\{.*\})'", TEXT)[1])  # type: ignore[index]
    response = client.post(ADVICE_PATH, json=profile)
    assert response.status_code == 200
    assert response.json
    assert "Digipeda workshop" in [item["label"] for item in response.json["methods"]["first"]]


def test_the_comparison_runs(client: FlaskClient) -> None:
    body = json.loads(re.search(r"compare -H .*\s+-d '(\{.*\})'", TEXT)[1])  # type: ignore[index]
    response = client.post(COMPARE_PATH, json=body)
    assert response.status_code == 200
    assert response.json
    assert response.json["route"] == {"before": "inside", "after": "both"}


def test_the_error_is_as_shown(client: FlaskClient) -> None:
    shown = json.loads(re.search(r"```json\n(.*?)```", TEXT, re.DOTALL)[1])  # type: ignore[index]
    real = client.post(ADVICE_PATH, json={"gaol": "x"}).json
    assert real
    assert {name: value for name, value in real.items() if name != "errors"} == {
        name: value for name, value in shown.items() if name != "errors"
    }
    assert real["errors"][0]["detail"] == shown["errors"][0]["detail"]
