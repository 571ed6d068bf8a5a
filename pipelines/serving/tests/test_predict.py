"""What clients get for right and for wrong requests."""

from __future__ import annotations

import json
import platform
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from serving.app import create_app
from serving.tests.conftest import PERSON, PERSON_SCORE, Estate

ADDRESS = "/v1/models/tiny:predict"


def test_objects_and_lists_give_the_same_prediction(served: TestClient) -> None:
    answer = served.post(ADDRESS, json={"instances": [PERSON, [50, 30, "female"]]})
    assert answer.status_code == 200
    assert answer.json() == {"predictions": [pytest.approx(PERSON_SCORE)] * 2}


def test_a_missing_optional_number_counts_as_its_mean_and_an_unseen_category_as_none(served: TestClient) -> None:
    without_bmi, other = {"age": 50, "sex": "female"}, {"age": 50, "bmi": None, "sex": "other"}
    answer = served.post(ADDRESS, json={"instances": [without_bmi, other]})
    assert answer.json() == {"predictions": [pytest.approx(16), pytest.approx(12)]}


def test_answers_carry_the_request_id_and_the_model_version(served: TestClient) -> None:
    answer = served.post(ADDRESS, json={"instances": [PERSON]}, headers={"x-request-id": "order-1"})
    assert (answer.headers["x-request-id"], answer.headers["x-model-version"]) == ("order-1", "7")


@pytest.mark.parametrize("given", [None, "", "two words", "x" * 129, "é".encode("latin-1")])
def test_a_request_id_that_cannot_be_passed_on_is_replaced(served: TestClient, given: Any) -> None:
    headers = {} if given is None else {"x-request-id": given}
    made = served.post(ADDRESS, json={"instances": [PERSON]}, headers=headers).headers["x-request-id"]
    assert len(made) == 32 and made.isalnum()


WRONG_INSTANCES = {
    "missing": ({"age": 1}, "instances[1].sex: missing"),
    "null where required": ({"age": None, "sex": "male"}, "instances[1].age: missing"),
    "unknown": ({**PERSON, "agee": 1}, "instances[1].agee: unknown feature"),
    "text for a number": ({**PERSON, "age": "50"}, "instances[1].age: got a string, wanted a number"),
    "boolean for a number": ({**PERSON, "age": True}, "instances[1].age: got a boolean, wanted a number"),
    "list for a number": ({**PERSON, "age": [50]}, "instances[1].age: got an array, wanted a number"),
    "object for a number": ({**PERSON, "age": {}}, "instances[1].age: got an object, wanted a number"),
    "number for a category": ({**PERSON, "sex": 1}, "instances[1].sex: got a number, wanted a string"),
    "too short": ([50, 30], "instances[1]: got 2 values, wanted 3"),
    "too long": ([50, 30, "male", 1], "instances[1]: got 4 values, wanted 3"),
    "wrong type in a list": ([50, 30, 1], "instances[1].sex: got a number, wanted a string"),
    "a bare number": (5, "instances[1]: got a number, wanted an object or an array"),
    "null": (None, "instances[1]: got null, wanted an object or an array"),
    "an empty object": ({}, "instances[1].age: missing"),
    "overflow": ({**PERSON, "bmi": 1.7e308}, "instances[1]: its values are so large"),
}


@pytest.mark.parametrize("case", WRONG_INSTANCES)
def test_a_wrong_instance_is_refused_by_index_and_name(served: TestClient, case: str) -> None:
    instance, words = WRONG_INSTANCES[case]
    answer = served.post(ADDRESS, json={"instances": [PERSON, instance]})
    assert answer.status_code == 400
    assert words in answer.json()["error"]
    assert answer.headers["x-model-version"] == "7"


def test_all_problems_are_told_at_once_but_not_without_end(served: TestClient) -> None:
    error = served.post(ADDRESS, json={"instances": [{"age": "x"}, {"sex": 1}]}).json()["error"]
    assert error.split("; ") == [
        "instances[0].age: got a string, wanted a number",
        "instances[0].sex: missing",
        "instances[1].age: missing",
        "instances[1].sex: got a number, wanted a string",
    ]
    many = served.post(ADDRESS, json={"instances": [{f"f{index}": 1 for index in range(50)}]}).json()["error"]
    assert many.endswith("; and 32 more")


WRONG_BODIES = {
    "empty": (b"", 400, "the body is empty"),
    "not JSON": (b"{instances: 1}", 400, "the body is not JSON"),
    "not UTF-8": (b'{"instances": ["\xff"]}', 400, "the body is not JSON"),
    "NaN": (b'{"instances": [{"age": NaN, "sex": "male"}]}', 400, "the body is not JSON"),
    "Infinity": (b'{"instances": [{"age": Infinity, "sex": "male"}]}', 400, "the body is not JSON"),
    "beyond a double": (b'{"instances": [{"age": 1e999, "sex": "male"}]}', 400, "the body is not JSON"),
    "nested deeply": (b'{"instances": ' + b"[" * 1500 + b"}", 400, "the body is not JSON"),
    "a list": (b"[1]", 400, "the body is not an object"),
    "no instances": (b"{}", 400, "instances is missing"),
    "misspelled": (b'{"instance": [1]}', 400, "did you mean instances?"),
    "column format": (b'{"inputs": {"age": [1]}}', 400, "column format"),
    "another signature": (b'{"signature_name": "x", "instances": [1]}', 400, "signature_name is not understood"),
    "instances no list": (b'{"instances": {"age": 1}}', 400, "instances is not a list"),
    "no instance": (b'{"instances": []}', 400, "instances is empty"),
    "too many": (json.dumps({"instances": [PERSON] * 6}).encode(), 413, "6 instances, at most 5 in one request"),
    "too large": (b" " * 2_001, 413, "the body has 2001 bytes, at most 2000"),
}


@pytest.mark.parametrize("case", WRONG_BODIES)
def test_a_wrong_body_is_refused(served: TestClient, case: str) -> None:
    body, code, words = WRONG_BODIES[case]
    answer = served.post(ADDRESS, content=body)
    assert (answer.status_code, words in answer.json()["error"]) == (code, True), answer.text


def test_a_large_body_of_undeclared_length_is_refused(served: TestClient) -> None:
    answer = served.post(ADDRESS, content=iter([b" " * 1_500] * 2))
    assert (answer.status_code, answer.json()["error"]) == (413, "the body has more than 2000 bytes")


def test_a_length_with_more_digits_than_python_reads_is_refused(served: TestClient) -> None:
    answer = served.post(ADDRESS, content=b"{}", headers={"content-length": "0" * 6_000 + "2"})
    assert answer.status_code == 413


def test_a_compressed_body_is_refused(served: TestClient) -> None:
    answer = served.post(ADDRESS, content=b"x", headers={"content-encoding": "gzip"})
    assert answer.status_code == 415


def test_what_other_servers_clients_send_along_is_accepted(served: TestClient) -> None:
    body = {"signature_name": "serving_default", "parameters": {}, "instances": [PERSON]}
    assert served.post(ADDRESS, json=body).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("POST", "/v1/models/other:predict", 404),
        ("GET", "/v1/models/other", 404),
        ("GET", "/v1/models/tiny:predict", 405),
        ("POST", "/v1/models/tiny", 405),
        ("GET", "/nothing", 404),
        ("GET", "/v1/models/tiny/", 404),
    ],
)
def test_wrong_addresses_answer_with_json(served: TestClient, method: str, path: str, code: int) -> None:
    answer = served.request(method, path)
    assert answer.status_code == code
    assert answer.json()["error"]
    assert answer.headers["x-request-id"]


def test_the_model_status_has_tensorflow_servings_form(served: TestClient) -> None:
    status = served.get("/v1/models/tiny").json()
    assert status["model_version_status"] == [
        {"version": "7", "state": "AVAILABLE", "status": {"error_code": "OK", "error_message": ""}}
    ]
    assert status["metadata"]["features"] == ["age", "bmi", "sex"]


def test_says_which_python_and_packages_it_runs_on_so_that_a_model_can_be_checked_against_them(
    served: TestClient,
) -> None:
    metadata = served.get("/v1/models/tiny").json()["metadata"]
    assert metadata["python"] == platform.python_version()
    assert metadata["packages"]["numpy"] == np.__version__


def metric(client: TestClient, line: str) -> float:
    """Value of one line of the metrics page; 0 when it is not there."""
    found = [row for row in client.get("/metrics").text.splitlines() if row.startswith(f"{line} ")]
    return float(found[0].split()[-1]) if found else 0.0


def test_metrics_count_by_version_and_code(served: TestClient) -> None:
    for body in ({"instances": [PERSON]}, {"instances": [PERSON, PERSON]}, {"instances": []}):
        served.post(ADDRESS, json=body)
    assert metric(served, 'predict_requests_total{code="200",version="7"}') == 2
    assert metric(served, 'predict_requests_total{code="400",version="7"}') == 1
    assert metric(served, 'predict_seconds_count{version="7"}') == 3
    assert metric(served, 'predict_seconds_bucket{le="+Inf",version="7"}') == 3
    assert metric(served, "disk_free_bytes") > 0


def test_a_drill_shows_itself_and_does_what_it_says(estate: Estate) -> None:
    estate.release(drill={"latencyMs": 60, "errorRate": 0.5})
    with TestClient(create_app(estate.options())) as client:
        assert client.get("/readyz").json()["drill"] == {"latencyMs": 60, "errorRate": 0.5}
        assert metric(client, 'predict_drill{fault="error_ratio"}') == 0.5
        assert metric(client, 'predict_drill{fault="latency_seconds"}') == 0.06
        codes = [client.post(ADDRESS, json={"instances": [PERSON]}).status_code for _ in range(40)]
        # Fair coins: 40 throws that all fall on one side happen once in 5e11 runs.
        assert set(codes) == {200, 500}
        assert metric(client, 'predict_requests_total{code="500",version="7"}') == codes.count(500)
        assert metric(client, 'predict_seconds_bucket{le="0.05",version="7"}') == 0
        assert client.post(ADDRESS, json={"instances": []}).status_code == 400


def test_without_a_drill_nothing_is_said_of_one(served: TestClient) -> None:
    assert served.get("/readyz").json() == {
        "project": "tiny",
        "version": "7",
        "digest": json.loads(served.get("/v1/models/tiny").text)["metadata"]["digest"],
        "slot": "blue",
    }
