"""The scoring app on a cloud: told by variables, its model and its logs in buckets of Google Cloud. Azure: test_azure.py."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlparse

import pytest

from serving.hosted import fetch_folder, slot_document
from serving.log_shipper import LogShipper
from serving.place import Place, Places
from serving.storage import StorageError
from serving.tests.conftest import PACKAGE, PERSON_SCORE, Estate, Hosted

SETTINGS = {"logging": {"sample": 1, "retentionDays": 30, "redact": ["sex"]}}


class Bucket:
    """As much of Cloud Storage as is asked for."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        #: Answers 503 so many times.
        self.faults = 0
        #: Breaks off half way so many times.
        self.breaks = 0
        bucket = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parsed = urlparse(self.path)
                query = parse_qs(parsed.query)
                if bucket.faults > 0:
                    bucket.faults -= 1
                    return self.answer(503, b"")
                if bucket.breaks > 0:
                    bucket.breaks -= 1
                    return self.answer(200, b"half", length=8)
                if "alt" in query:
                    found = bucket.objects.get(unquote(parsed.path.split("/o/")[1]))
                    return self.answer(404, b"") if found is None else self.answer(200, found)
                items = [{"name": name} for name in bucket.objects if name.startswith(query["prefix"][0])]
                return self.answer(200, json.dumps({"items": items}).encode())

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["content-length"]))
                if bucket.faults > 0:
                    bucket.faults -= 1
                    return self.answer(503, b"")
                name = parse_qs(urlparse(self.path).query)["name"][0]
                if name in bucket.objects:
                    return self.answer(412, b"")
                bucket.objects[name] = content
                return self.answer(200, b"{}")

            def answer(self, code: int, body: bytes, length: int | None = None) -> None:
                self.send_response(code)
                self.send_header("content-length", str(len(body) if length is None else length))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def release(self) -> str:
        """Puts the tiny package and the settings there; gives SERVING_MODEL."""
        for name, content in PACKAGE.items():
            self.objects[f"models/tiny/7/{name}"] = json.dumps(content).encode()
        self.objects["serving/qa/settings.json"] = json.dumps(SETTINGS).encode()
        return "gs://acme-artifacts/models/tiny/7"

    def lines(self) -> list[dict[str, Any]]:
        logs = [content for name, content in self.objects.items() if name.endswith(".jsonl")]
        return [json.loads(line) for content in logs for line in content.decode().splitlines()]


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    made = Bucket()
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", made.url)
    monkeypatch.setattr("serving.storage.PAUSES", (0.01, 0.01))
    yield made
    made.server.shutdown()
    made.server.server_close()


def at(uri: str) -> Place:
    return Places().at(uri)


def test_it_serves_the_model_of_the_bucket_and_leaves_its_log_there_when_it_ends(bucket: Bucket, estate: Estate) -> None:
    process = Hosted(
        {
            "SERVING_SLOT": "qa",
            "SERVING_MODEL": estate.model_at(bucket.release()),
            "SERVING_SETTINGS": "gs://acme-artifacts/serving/qa/settings.json",
            "SERVING_LOGS": "gs://acme-logs",
        }
    )
    try:
        assert process.predict() == [pytest.approx(PERSON_SCORE)]
    finally:
        process.end()
    assert process.child.returncode == 0
    (line,) = bucket.lines()
    assert line["slot"] == "qa"
    assert line["inputs"] == {"age": 50, "bmi": 30}
    (name,) = [name for name in bucket.objects if name.endswith(".jsonl")]
    assert name.startswith(f"tiny/{line['time'][:10]}/qa-")


def test_before_the_first_release_it_serves_nothing(bucket: Bucket, tmp_path: Path) -> None:
    assert slot_document(Places(), {}, tmp_path) == {"model": None, "logging": None}


def test_without_readable_settings_nothing_is_logged(
    bucket: Bucket, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    variables = {"SERVING_SETTINGS": "gs://acme-artifacts/gone.json", "SERVING_LOGS": "gs://acme-logs"}
    assert slot_document(Places(), variables, tmp_path)["logging"] is None
    assert "predictions are not logged" in capsys.readouterr().err


def test_a_model_that_cannot_be_fetched_leaves_a_process_that_is_not_ready(
    bucket: Bucket, estate: Estate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = estate.model_at("s3://elsewhere/model")
    document = slot_document(Places(), {"SERVING_MODEL": model}, tmp_path / "model")
    assert document["model"]["version"] == "7"
    assert not (tmp_path / "model").exists()
    assert "cannot be fetched" in capsys.readouterr().err
    assert slot_document(Places(), {"SERVING_MODEL": "{"}, tmp_path)["model"] is None


def test_an_object_cannot_place_itself_outside_of_the_folder(bucket: Bucket, tmp_path: Path) -> None:
    bucket.objects["models/tiny/../../escaped"] = b"x"
    with pytest.raises(StorageError, match="is not below"):
        fetch_folder(at("gs://acme-artifacts/models/tiny"), tmp_path / "model")


def test_a_bucket_that_fails_for_a_moment_is_asked_again(bucket: Bucket) -> None:
    bucket.objects["a"] = b"content"
    bucket.faults = 2
    assert at("gs://acme/a").read() == b"content"
    bucket.faults = 3
    with pytest.raises(StorageError, match="503"):
        at("gs://acme/a").read()


def test_an_answer_that_breaks_off_is_asked_for_again_and_is_told_in_the_end(bucket: Bucket) -> None:
    bucket.objects["a"] = b"content"
    bucket.breaks = 2
    assert at("gs://acme/a").read() == b"content"
    bucket.breaks = 3
    with pytest.raises(StorageError, match="4 bytes read, 4 more expected"):
        at("gs://acme/a").read()


def test_a_model_that_the_disk_does_not_take_leaves_a_process_that_is_not_ready(
    bucket: Bucket, estate: Estate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = estate.model_at(bucket.release())
    folder = tmp_path / "model"
    folder.write_text("a file where the folder should be")
    document = slot_document(Places(), {"SERVING_MODEL": model}, folder)
    assert document["model"]["version"] == "7"
    assert "cannot be fetched" in capsys.readouterr().err


def test_lines_wait_while_the_bucket_does_not_answer(bucket: Bucket, tmp_path: Path) -> None:
    file = tmp_path / "tiny" / "2026-01-05" / "qa.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text('{"a": 1}\n')
    shipper = LogShipper(tmp_path, at("gs://acme-logs"))
    bucket.faults = 3
    shipper.ship(settle=0)
    assert bucket.lines() == []
    file.write_text('{"a": 2}\n')
    shipper.ship(settle=0)
    assert bucket.lines() == [{"a": 1}, {"a": 2}]
    assert not file.exists()


def test_what_is_written_while_a_file_is_taken_away_is_moved_too(bucket: Bucket, tmp_path: Path) -> None:
    file = tmp_path / "tiny" / "2026-01-05" / "qa.jsonl"
    file.parent.mkdir(parents=True)
    with file.open("ab", buffering=0) as log:
        log.write(b'{"a": 1}\n')

        def late() -> None:
            while file.exists():
                time.sleep(0.001)
            log.write(b'{"a": 2}\n')

        writer = Thread(target=late)
        writer.start()
        LogShipper(tmp_path, at("gs://acme-logs")).ship(settle=0.3)
        writer.join()
    assert bucket.lines() == [{"a": 1}, {"a": 2}]
