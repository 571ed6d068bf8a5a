"""What is logged of predictions, what is left out, and what happens when it cannot be."""

from __future__ import annotations

import errno
import os
import re
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from serving.app import create_app
from serving.metrics import Metrics
from serving.prediction_log import PredictionLog, remove_expired
from serving.slot import Logging, ModelRef
from serving.tests.conftest import PERSON, PERSON_SCORE, Estate

ADDRESS = "/v1/models/tiny:predict"


def logging(**changes: Any) -> dict[str, Any]:
    return {"sample": 1, "retentionDays": 90, "redact": [], **changes}


def serve(estate: Estate, count: int, body: Any = None, **changes: Any) -> None:
    """Serves this many requests and shuts the app down."""
    estate.release(logging=logging(**changes))
    with TestClient(create_app(estate.options())) as client:
        for index in range(count):
            headers = {"x-request-id": f"r{index}"}
            assert client.post(ADDRESS, json=body or {"instances": [PERSON]}, headers=headers).status_code == 200


def test_one_line_a_prediction_with_request_and_version(estate: Estate) -> None:
    serve(estate, 1, {"instances": [PERSON, [40, None, "male"]]})
    today = datetime.now(UTC).date()
    (file,) = estate.logs.glob("*/*/*")
    assert file.relative_to(estate.logs) == Path("tiny") / str(today) / "blue.jsonl"
    first, second = estate.lines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first.pop("time"))
    assert first == {
        "requestId": "r0",
        "index": 0,
        "project": "tiny",
        "modelVersion": "7",
        "slot": "blue",
        "inputs": PERSON,
        "prediction": pytest.approx(PERSON_SCORE),
    }
    assert (second["index"], second["inputs"]) == (1, {"age": 40, "bmi": None, "sex": "male"})


def test_refused_requests_are_not_logged(estate: Estate) -> None:
    estate.release()
    with TestClient(create_app(estate.options())) as client:
        client.post(ADDRESS, json={"instances": [PERSON, {"age": 1}]})
    assert estate.lines() == []


@pytest.mark.parametrize("instance", [PERSON, list(PERSON.values())])
def test_redacted_inputs_never_reach_the_file(estate: Estate, instance: Any) -> None:
    serve(estate, 3, {"instances": [instance]}, redact=["sex", "bmi"])
    assert [line["inputs"] for line in estate.lines()] == [{"age": 50}] * 3
    assert all("female" not in file.read_text() for file in estate.logs.glob("*/*/*"))


def test_the_sample_share_is_kept(estate: Estate) -> None:
    serve(estate, 400, sample=0.25)
    # 100 expected, deviation 8.7: six of them either side.
    assert 48 <= len(estate.lines()) <= 152


def test_a_sample_of_nothing_writes_nothing(estate: Estate) -> None:
    serve(estate, 5, sample=0)
    assert not estate.logs.exists()


def test_lines_appear_while_the_app_runs(estate: Estate) -> None:
    estate.release()
    with TestClient(create_app(estate.options())) as client:
        client.post(ADDRESS, json={"instances": [PERSON]})
        deadline = time.monotonic() + 5
        while not estate.lines():
            assert time.monotonic() < deadline, "nothing was written within 5 s"
            time.sleep(0.02)


def test_folders_past_their_retention_go_at_the_start(estate: Estate) -> None:
    today = datetime.now(UTC).date()
    old, kept = (estate.logs / "former-project" / str(today - timedelta(days=days)) for days in (31, 30))
    for folder in (old, kept):
        folder.mkdir(parents=True)
        (folder / "blue.jsonl").write_text("{}\n")
    estate.release(logging=logging(retentionDays=30))
    with TestClient(create_app(estate.options())):
        deadline = time.monotonic() + 5
        while old.exists():
            assert time.monotonic() < deadline, "the old folder is still there after 5 s"
            time.sleep(0.02)
    assert kept.exists()


def test_only_day_folders_are_ever_removed(tmp_path: Path) -> None:
    for name in ("tiny/2020-01-01", "tiny/2020-13-99", "tiny/keep", "tiny/2026-11-01"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "2020-01-01").mkdir()
    assert remove_expired(tmp_path, 7, date(2026, 11, 8)) == [tmp_path / "tiny/2020-01-01"]
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.glob("**/*")) == [
        "2020-01-01", "tiny", "tiny/2020-13-99", "tiny/2026-11-01", "tiny/keep",
    ]  # fmt: skip


def log_of(directory: Path, **changes: Any) -> tuple[PredictionLog, Metrics]:
    metrics = Metrics("7", directory)
    model = ModelRef("tiny", "7", "/x", "sha256:0")
    return PredictionLog(directory, "blue", model, ("age",), Logging(sample=1), metrics, **changes), metrics


def dropped(metrics: Metrics, reason: str) -> float | None:
    return metrics.registry.get_sample_value("prediction_log_dropped_total", {"reason": reason})


def test_a_full_queue_drops_and_counts_instead_of_waiting(tmp_path: Path) -> None:
    log, metrics = log_of(tmp_path, capacity=10)
    for _ in range(13):
        log.record("r", [{"age": 1}], [1.0])
    assert dropped(metrics, "queue") == 3
    log.start()
    log.stop()
    assert metrics.registry.get_sample_value("prediction_log_rows_total") == 10
    log.record("r", [{"age": 1}], [1.0])
    assert dropped(metrics, "queue") == 3, "an emptied queue takes lines again"


def test_a_request_at_midnight_goes_to_the_day_it_was_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    midnight = datetime(2026, 11, 20, tzinfo=UTC)
    moments = [midnight - timedelta(milliseconds=1), midnight, midnight]

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return moments.pop(0) if moments else midnight

    monkeypatch.setattr("serving.prediction_log.datetime", Clock)
    log, _ = log_of(tmp_path)
    for index in range(3):
        log.record(f"r{index}", [[1]], [1.0])
    log.start()
    log.stop()
    found = {file.parent.name: file.read_text().count("\n") for file in tmp_path.glob("*/*/*.jsonl")}
    assert found == {"2026-11-19": 1, "2026-11-20": 2}
    assert '"time":"2026-11-19T23:59:59.999Z"' in (tmp_path / "tiny" / "2026-11-19" / "blue.jsonl").read_text()


def test_more_rows_than_one_write_takes_are_all_there_in_their_order(tmp_path: Path) -> None:
    log, metrics = log_of(tmp_path)
    for index in range(30):
        log.record(f"r{index}", [[index]] * 40, [1.0] * 40)
    log.start()
    log.stop()
    (file,) = tmp_path.glob("*/*/*.jsonl")
    ids = [line.split('"requestId":"')[1].split('"')[0] for line in file.read_text().splitlines()]
    assert ids == [f"r{index}" for index in range(30) for _ in range(40)]
    assert metrics.registry.get_sample_value("prediction_log_rows_total") == 1200


def test_a_full_disk_costs_lines_but_no_request_and_no_half_line(
    estate: Estate, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    real, full = os.write, True

    def write(file: int, data: bytes) -> int:
        if full and b"requestId" in data:
            real(file, data[: len(data) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(file, data)

    monkeypatch.setattr(os, "write", write)
    estate.release()
    with TestClient(create_app(estate.options())) as client:
        for _ in range(2):
            assert client.post(ADDRESS, json={"instances": [PERSON]}).status_code == 200
            time.sleep(0.5)
        page = client.get("/metrics").text
        assert 'prediction_log_dropped_total{reason="disk"} 2.0' in page
        full = False
        assert client.post(ADDRESS, json={"instances": [PERSON]}).status_code == 200
    assert len(estate.lines()) == 1, "every line of the file is whole"
    words = capfd.readouterr().err
    assert words.count("No space left") == 1, "said once, not once a write"
    assert "writes again" in words


class NobodyReads:
    def write(self, _text: str) -> int:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    flush = write


def test_the_log_goes_on_when_nobody_reads_the_words_of_the_process(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    estate.release()
    estate.logs.write_text("a file stands where the folder should be")
    monkeypatch.setattr("sys.stderr", NobodyReads())
    with TestClient(create_app(estate.options())) as client:
        client.post(ADDRESS, json={"instances": [PERSON]})
        time.sleep(0.5)
        estate.logs.unlink()
        client.post(ADDRESS, json={"instances": [PERSON]})
    assert len(estate.lines()) == 1


def test_a_log_folder_that_cannot_be_made_costs_no_request(estate: Estate) -> None:
    estate.logs.write_text("a file stands where the folder should be")
    serve(estate, 3)


def test_half_a_line_left_by_a_killed_process_spoils_no_other(estate: Estate) -> None:
    folder = estate.logs / "tiny" / str(datetime.now(UTC).date())
    folder.mkdir(parents=True)
    (folder / "blue.jsonl").write_text('{"requestId": "cut o')
    estate.release()
    with TestClient(create_app(estate.options())) as client:
        client.post(ADDRESS, json={"instances": [PERSON]})
    lines = (folder / "blue.jsonl").read_text().splitlines()
    assert lines[0] == '{"requestId": "cut o' and '"modelVersion":"7"' in lines[1]


def test_a_folder_cleared_away_is_made_again(tmp_path: Path) -> None:
    log, _ = log_of(tmp_path)
    log.start()
    for _ in range(2):
        log.record("r", [[1]], [1.0])
        deadline = time.monotonic() + 5
        while not (files := list(tmp_path.glob("*/*/*"))):
            assert time.monotonic() < deadline, "no file within 5 s"
            time.sleep(0.02)
        files[0].unlink()
    log.stop()
