"""Which packages are served, and what a process says that serves none."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from serving.app import create_app
from serving.tests.conftest import PACKAGE, PERSON, Estate
from steps.digests import of_folder

ADDRESS = "/v1/models/tiny:predict"


def reason_of(estate: Estate) -> str:
    """Starts the app, sees that it lives but serves nothing, and gives its reason."""
    with TestClient(create_app(estate.options())) as client:
        assert client.get("/healthz").status_code == 200
        ready = client.get("/readyz")
        assert ready.status_code == 503
        refused = client.post(ADDRESS, json={"instances": [PERSON]})
        assert (refused.status_code, refused.json()["error"]) == (503, ready.json()["reason"])
        assert client.get("/metrics").status_code == 200
        return ready.json()["reason"]


def test_before_the_first_release_there_is_no_slot_file(estate: Estate) -> None:
    assert reason_of(estate) == "no model released"


def test_a_slot_may_be_empty(estate: Estate) -> None:
    estate.release(model=None)
    assert reason_of(estate) == "no model released"


def test_a_file_address_works_like_a_path(estate: Estate) -> None:
    digest = of_folder(estate.package)
    estate.release(model={"project": "tiny", "version": "8", "uri": estate.package.as_uri(), "digest": digest})
    with TestClient(create_app(estate.options())) as client:
        assert client.get("/readyz").json()["version"] == "8"


def test_a_package_that_changed_after_its_release_is_not_served(estate: Estate) -> None:
    estate.release()
    model = estate.package / "model.json"
    model.write_text(model.read_text().replace("10.0", "11.0"))
    assert "its files changed" in reason_of(estate)


def test_a_file_added_to_a_package_is_a_change(estate: Estate) -> None:
    estate.release()
    (estate.package / "extra.json").write_text("{}")
    assert "its files changed" in reason_of(estate)


def test_a_package_that_is_gone_is_named(estate: Estate) -> None:
    estate.release()
    for file in estate.package.iterdir():
        file.unlink()
    estate.package.rmdir()
    assert reason_of(estate) == f"the package of tiny version 7 is not at {estate.package}"


BROKEN: dict[str, tuple[str, Any, str]] = {
    "not JSON": ("schema.json", "{", "is broken: JSONDecodeError"),
    "a file missing": ("manifest.json", None, "manifest.json"),
    "no features": ("schema.json", {"version": 1}, "'features'"),
    "a version to come": ("schema.json", {**PACKAGE["schema.json"], "version": 2}, "reads version 1"),
    "unknown model": ("model.json", {**PACKAGE["model.json"], "kind": "forest"}, "kind 'forest'"),
    "too few coefficients": ("model.json", {**PACKAGE["model.json"], "coefficients": [1]}, "4 columns"),
    "NaN coefficient": ("model.json", {**PACKAGE["model.json"], "intercept": float("nan")}, "not finite"),
    "foreign column": (
        "transform.json",
        {"version": 1, "columns": [{"name": "height", "kind": "standardize", "mean": 0, "scale": 1}]},
        "height",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_package_that_does_not_fit_together_is_not_served(estate: Estate, case: str) -> None:
    file, content, words = BROKEN[case]
    if content is None:
        (estate.package / file).unlink()
    else:
        (estate.package / file).write_text(content if isinstance(content, str) else json.dumps(content))
    estate.release()
    assert words in reason_of(estate)


def test_a_failed_load_shows_in_the_model_status(estate: Estate) -> None:
    estate.release()
    (estate.package / "model.json").unlink()
    with TestClient(create_app(estate.options())) as client:
        (status,) = client.get("/v1/models/tiny").json()["model_version_status"]
        assert (status["state"], status["status"]["error_code"]) == ("END", "FAILED_PRECONDITION")


def test_every_problem_of_a_slot_file_is_told(estate: Estate) -> None:
    estate.release(model={"project": "a\nb", "uri": "/x", "digest": "d"}, drill={"errorRate": 2}, logging={"redact": "age"})
    reason = reason_of(estate)
    for words in ("model.project", "model.version is null", "drill.errorRate is 2", "logging.redact"):
        assert words in reason


def test_a_slot_file_that_is_no_json_is_told(estate: Estate) -> None:
    estate.slot_file.write_text('{"model"')
    assert "is not JSON" in reason_of(estate)


def test_the_digest_is_the_one_the_agreement_defines(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "two").write_bytes(b"2")
    (tmp_path / "a").write_bytes(b"1")
    lines = f"a\0{sha256(b'1').hexdigest()}\nb/two\0{sha256(b'2').hexdigest()}\n"
    assert of_folder(tmp_path) == "sha256:" + sha256(lines.encode()).hexdigest()
