"""The scoring app on Azure: who it is there, and its model and its logs in containers of the Blob service."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import pytest

from serving import azure_login
from serving.hosted import fetch_folder, slot_document
from serving.log_shipper import LogShipper
from serving.place import Place, Places
from serving.storage import StorageError
from serving.tests.azure import ACCOUNT, AUTHORITY, CLIENT, CONTAINER, Azure, certificate, refused
from serving.tests.conftest import PACKAGE, PERSON_SCORE, Estate, Hosted

LOGGING = {"sample": 1, "retentionDays": 30, "redact": ["sex"]}
SETTINGS = json.dumps({"logging": LOGGING})
IDENTITY_VARIABLES = ("AZURE_FEDERATED_TOKEN_FILE", "IDENTITY_ENDPOINT", "IDENTITY_HEADER", "AZURE_CLIENT_ID", "AZURE_IDENTITY_ID")


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("azure"))


@pytest.fixture
def azure(pem: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Azure]:
    """Azure as a virtual machine sees it."""
    monkeypatch.setattr("serving.storage.PAUSES", (0.01, 0.01))
    monkeypatch.setattr("serving.storage.LOGIN_PAUSES", (0.01, 0.01))
    for name in IDENTITY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    with Azure(pem).running() as made:
        for name, value in {**made.network(), **made.machine()}.items():
            monkeypatch.setenv(name, value)
        yield made


def at(uri: str) -> Place:
    return Places().at(uri)


def message(place: Place) -> str:
    with pytest.raises(StorageError) as caught:
        place.read()
    return str(caught.value)


def release(azure: Azure) -> str:
    """Puts the tiny package there; gives its address."""
    for name, content in PACKAGE.items():
        azure.blobs[f"artifacts/models/tiny/7/{name}"] = json.dumps(content).encode()
    return f"{CONTAINER}/models/tiny/7"


def test_it_serves_the_model_of_a_container_and_leaves_its_log_in_another_when_it_ends(azure: Azure, estate: Estate) -> None:
    process = Hosted(
        {
            **azure.container_app(),
            "SERVING_SLOT": "qa",
            "SERVING_MODEL": estate.model_at(release(azure)),
            "SERVING_SETTINGS": SETTINGS,
            "SERVING_LOGS": f"https://{ACCOUNT}/prediction-logs/scoring",
        }
    )
    try:
        assert process.predict() == [pytest.approx(PERSON_SCORE)]
    finally:
        said = process.end()
    assert (process.child.returncode, said) == (0, "")
    (line,) = azure.lines()
    assert line["slot"] == "qa"
    assert line["inputs"] == {"age": 50, "bmi": 30}
    (name,) = [name for name in azure.blobs if name.endswith(".jsonl")]
    assert name.startswith(f"prediction-logs/scoring/tiny/{line['time'][:10]}/qa-")
    assert set(azure.hosts) == {ACCOUNT}
    assert azure.given == 1, "one token for all requests"


def test_on_container_apps_it_is_the_identity_that_the_app_names(azure: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in azure.container_app().items():
        monkeypatch.setenv(name, value)
    token, seconds = azure_login.fetch()
    assert token in azure.tokens
    assert 86_390 < seconds <= 86_400, "told by its end"
    ((path, asked, headers),) = azure.logins
    assert path == "/msi/token"
    assert asked == {"api-version": "2019-08-01", "resource": "https://storage.azure.com/", "client_id": CLIENT}
    assert headers["x-identity-header"] == "header-of-the-app"


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"AZURE_CLIENT_ID": CLIENT, "AZURE_IDENTITY_ID": "/subscriptions/1/serving"}, {"client_id": CLIENT}),
        ({"AZURE_IDENTITY_ID": "/subscriptions/1/serving"}, {"msi_res_id": "/subscriptions/1/serving"}),
        ({}, {}),
    ],
)
def test_on_container_instances_and_machines_the_machine_is_asked(
    azure: Azure, variables: dict[str, str], named: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    # Container Apps without their endpoint, as seen in the field, come here too.
    monkeypatch.setenv("IDENTITY_HEADER", "header-of-the-app")
    assert azure_login.fetch().token in azure.tokens
    ((path, asked, headers),) = azure.logins
    assert path == "/metadata/identity/oauth2/token"
    assert asked == {"api-version": "2018-02-01", "resource": "https://storage.azure.com/", **named}
    assert headers["metadata"] == "true"


def test_in_a_cluster_its_own_token_is_given_for_one_of_azure(
    azure: Azure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "token"
    file.write_text("token-of-the-pod\n")
    for name, value in azure.pod(file).items():
        monkeypatch.setenv(name, value)
    assert azure_login.fetch().token in azure.tokens
    assert azure.hosts == [AUTHORITY]
    ((_, asked, _),) = azure.logins
    assert asked["client_assertion"] == "token-of-the-pod"
    assert (asked["client_id"], asked["scope"]) == (CLIENT, "https://storage.azure.com/.default")
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", azure.url)
    with pytest.raises(StorageError, match="AZURE_AUTHORITY_HOST"):
        azure_login.fetch()


def test_a_folder_of_many_pages_comes_whole_whatever_its_files_are_called(azure: Azure, tmp_path: Path) -> None:
    names = ["a", "b/c", "b/d e", "100%", "50%25", "x+y", "what?", "#1", "größe", "<&>", "bell\a", "last\uffff"]
    for name in names:
        azure.blobs[f"artifacts/models/{name}"] = name.encode()
    azure.blobs["artifacts/models/folder/"] = b""
    azure.blobs["artifacts/models-of-others"] = b"x"
    fetch_folder(at(f"{CONTAINER}/models/"), tmp_path)
    found = {path.relative_to(tmp_path).as_posix(): path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    assert found == {name: name for name in names}


def test_an_address_is_written_as_addresses_are(azure: Azure) -> None:
    azure.blobs["artifacts/100% of it.json"] = b"x"
    assert at(f"{CONTAINER}/100%25%20of%20it.json").read() == b"x"


def test_a_blob_cannot_place_itself_outside_of_the_folder(azure: Azure, tmp_path: Path) -> None:
    azure.blobs["artifacts/models/tiny/../../escaped"] = b"x"
    with pytest.raises(StorageError, match="is not below"):
        fetch_folder(at(f"{CONTAINER}/models/tiny"), tmp_path / "model")


def test_a_blob_that_is_there_is_left_as_it_is(azure: Azure) -> None:
    at(f"{CONTAINER}/a").write(b"first")
    at(f"{CONTAINER}/a").write(b"second")
    assert azure.blobs["artifacts/a"] == b"first"
    azure.faults = [refused(409, "ContainerBeingDeleted")]
    with pytest.raises(StorageError, match="409 ContainerBeingDeleted"):
        at(f"{CONTAINER}/b").write(b"x")


def test_a_storage_that_is_busy_is_asked_again_when_it_says(azure: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    azure.blobs["artifacts/a"] = b"content"
    busy, place = refused(503, "ServerBusy"), at(f"{CONTAINER}/a")
    place.read()

    def seconds() -> float:
        start = time.monotonic()
        assert place.read() == b"content"
        return time.monotonic() - start

    azure.faults = [busy, busy]
    assert seconds() < 0.5
    azure.faults = [(busy[0], {**busy[1], "retry-after": "1"}, b"")]
    assert 1 <= seconds() < 2
    # A date has whole seconds.
    azure.faults = [(busy[0], {"retry-after": formatdate(time.time() + 2, usegmt=True)}, b"")]
    assert 0.9 < seconds() < 3
    monkeypatch.setattr("serving.storage.LONGEST_PAUSE", 0.2)
    for never in ("86400", formatdate(time.time() + 86_400, usegmt=True), "nobody knows"):
        azure.faults = [(busy[0], {"retry-after": never}, b"")]
        assert seconds() < 0.9
    azure.faults = [busy, busy, busy]
    assert message(place) == f"{CONTAINER}/a: 503 ServerBusy"


def test_an_answer_that_breaks_off_is_asked_for_again_and_is_told_in_the_end(azure: Azure) -> None:
    azure.blobs["artifacts/a"] = b"content"
    half = (200, {"content-length": "8"}, b"half")
    azure.faults = [half, half]
    assert at(f"{CONTAINER}/a").read() == b"content"
    azure.faults = [half, half, half]
    assert "4 bytes read, 4 more expected" in message(at(f"{CONTAINER}/a"))


def test_what_is_refused_is_told_at_once_and_without_the_token(azure: Azure) -> None:
    azure.faults = [refused(403, "AuthorizationPermissionMismatch")]
    assert message(at(f"{CONTAINER}/a")) == f"{CONTAINER}/a: 403 AuthorizationPermissionMismatch"
    assert message(at(f"{CONTAINER}/a")) == f"{CONTAINER}/a: 404 BlobNotFound"


def test_a_token_that_is_refused_is_fetched_anew_once(azure: Azure) -> None:
    azure.blobs["artifacts/a"] = b"content"
    place = at(f"{CONTAINER}/a")
    place.read()
    azure.tokens.clear()
    assert place.read() == b"content"
    assert azure.given == 2
    azure.faults = [refused(401, "InvalidAuthenticationInfo")] * 2
    assert "401 InvalidAuthenticationInfo" in message(place)
    assert azure.given == 3


def test_a_token_near_its_end_is_not_used_any_more(azure: Azure) -> None:
    azure.blobs["artifacts/a"] = b"content"
    azure.lifetime = 59
    place = at(f"{CONTAINER}/a")
    place.read()
    place.read()
    assert azure.given == 2


def test_a_machine_that_is_being_updated_is_asked_again(azure: Azure) -> None:
    azure.login_faults = [(410, {}, b""), (404, {}, b"")]
    assert azure_login.fetch().token in azure.tokens


def test_an_identity_that_is_not_there_is_told_in_azures_words(azure: Azure) -> None:
    words = {"error": "invalid_request", "error_description": "Identity\nnot found"}
    azure.login_faults = [(400, {}, json.dumps(words).encode())]
    told = f"{azure.url}/metadata/identity/oauth2/token: 400 invalid_request: Identity not found"
    assert message(at(f"{CONTAINER}/a")) == told
    assert len(azure.logins) == 1, "asked once"


@pytest.mark.parametrize(
    "grant",
    [
        {"access_token": "secret-token"},
        {"access_token": "secret-token", "expires_in": "soon"},
        {"access_token": "secret-token\r\nHost: evil", "expires_in": 60},
        {"access_token": None, "expires_in": 60},
        ["secret-token"],
    ],
)
def test_what_is_no_token_is_not_told(azure: Azure, grant: object) -> None:
    azure.login_faults = [(200, {}, json.dumps(grant).encode())]
    with pytest.raises(StorageError, match="the answer is no token") as caught:
        at(f"{CONTAINER}/a").read()
    assert "secret-token" not in "".join(map(str, (caught.value, caught.value.__cause__, caught.value.__context__)))


def test_nobody_leads_the_token_elsewhere(azure: Azure) -> None:
    azure.faults = [(302, {"location": f"https://{AUTHORITY}/thief"}, b"")]
    assert "302" in message(at(f"{CONTAINER}/a"))
    assert azure.hosts == [ACCOUNT]


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/artifacts/a",
        "https://acme.blob.core.windows.net.evil.example/artifacts/a",
        "https://acme.blob.core.windows.net@evil.example/artifacts/a",
        "https://evil.example/acme.blob.core.windows.net/artifacts/a",
        "http://acme.blob.core.windows.net/artifacts/a",
        "https://acme.blob.core.windows.net/",
        "https://acme.blob.core.windows.net/artifacts/a?sv=2023-11-03&sig=secret",
        "s3://acme/artifacts",
    ],
)
def test_other_addresses_are_refused_and_keys_in_them_are_not_told(uri: str) -> None:
    with pytest.raises(StorageError, match=r"is not of the form gs://BUCKET/NAME or https://ACCOUNT\.") as caught:
        at(uri)
    assert "secret" not in str(caught.value)


def test_a_list_that_cannot_be_read_is_told(azure: Azure) -> None:
    azure.faults = [(200, {}, b"<EnumerationResults><Blobs>")]
    with pytest.raises(StorageError, match="the list of blobs cannot be read"):
        at(CONTAINER).names()


def test_a_list_cannot_fill_the_memory(azure: Azure) -> None:
    nested = "".join(f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 5))
    bomb = f'<!DOCTYPE x [<!ENTITY a0 "{"x" * 100}">{nested}]><x><Blobs><Blob><Name>&a4;</Name></Blob></Blobs></x>'
    azure.faults = [(200, {}, bomb.encode())]
    with pytest.raises(StorageError, match="a document type is declared"):
        at(CONTAINER).names()


def test_the_settings_are_the_text_itself_or_lie_at_an_address(azure: Azure, tmp_path: Path) -> None:
    azure.blobs["artifacts/settings.json"] = SETTINGS.encode()
    for settings in (SETTINGS, f"{CONTAINER}/settings.json"):
        variables = {"SERVING_SETTINGS": settings, "SERVING_LOGS": f"https://{ACCOUNT}/prediction-logs"}
        assert slot_document(Places(), variables, tmp_path) == {"model": None, "logging": LOGGING}


@pytest.mark.parametrize(
    ("settings", "logs"),
    [("{", CONTAINER), ("{}", CONTAINER), ("[]", CONTAINER), (f"{CONTAINER}/gone.json", CONTAINER), (SETTINGS, "prediction-logs")],
)
def test_without_settings_and_a_place_that_can_be_used_nothing_is_logged(
    azure: Azure, settings: str, logs: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    variables = {"SERVING_SETTINGS": settings, "SERVING_LOGS": logs}
    assert slot_document(Places(), variables, tmp_path)["logging"] is None
    assert "predictions are not logged" in capsys.readouterr().err


def test_a_model_that_it_may_not_read_leaves_a_process_that_says_so(
    azure: Azure, estate: Estate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = estate.model_at(release(azure))
    azure.faults = [refused(403, "AuthorizationPermissionMismatch")]
    document = slot_document(Places(), {"SERVING_MODEL": model}, tmp_path / "model")
    assert document["model"]["version"] == "7"
    assert f"the model cannot be fetched: {CONTAINER}: 403 AuthorizationPermissionMismatch" in capsys.readouterr().err


def test_lines_wait_while_the_container_does_not_answer(azure: Azure, tmp_path: Path) -> None:
    file = tmp_path / "tiny" / "2026-01-05" / "qa.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text('{"a": 1}\n')
    shipper = LogShipper(tmp_path, at(f"https://{ACCOUNT}/prediction-logs"))
    azure.faults = [refused(503, "ServerBusy")] * 3
    shipper.ship(settle=0)
    assert azure.lines() == []
    file.write_text('{"a": 2}\n')
    shipper.ship(settle=0)
    assert azure.lines() == [{"a": 1}, {"a": 2}]
    assert not file.exists()
