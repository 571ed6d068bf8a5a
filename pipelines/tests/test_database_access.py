"""The job that gives identities their rights in the metadata database."""

from __future__ import annotations

import io
import json
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
from images.tracking import database_access

TRACKING, TRIGGER, PIPELINES = "acme-dev-tracking@p.iam", "acme-dev-trigger@p.iam", "acme-dev-pipelines@p.iam"


class Recorder:
    """A cursor that notes what it is told, and knows some roles."""

    def __init__(self, roles: tuple[str, ...] = ()) -> None:
        self.roles = roles
        self.told: list[str] = []
        self.found: object = None

    def execute(self, statement: str, parameters: tuple[str, ...] = ()) -> None:
        if statement.startswith("SELECT 1 FROM pg_roles"):
            self.found = (1,) if parameters[0] in self.roles else None
        else:
            self.told.append(" ".join([statement, *parameters]))

    def fetchone(self) -> object:
        return self.found


def environment(access: object) -> dict[str, str]:
    return {
        "DATABASE_CONNECTION": "acme-ml-dev:asia-northeast3:acme-dev-metadata",
        "DATABASE_USER": "setup",
        "DATABASE_PASSWORD": "not-shown",
        "DATABASE_SECRET": "acme-dev-database-setup",
        "DATABASE_ACCESS": json.dumps(access),
    }


def test_all_who_work_in_a_database_share_one_role_that_owns_what_they_make():
    cursor = Recorder()
    database_access.give(cursor, "ledger", [PIPELINES, TRIGGER])
    assert cursor.told == [
        "SET ROLE NONE",
        'CREATE ROLE "ledger_users" NOLOGIN',
        "CREATE EXTENSION IF NOT EXISTS pgaudit",
        'REVOKE ALL ON DATABASE "ledger" FROM PUBLIC',
        'GRANT CONNECT, TEMPORARY ON DATABASE "ledger" TO "ledger_users"',
        'GRANT USAGE, CREATE ON SCHEMA public TO "ledger_users"',
        f'GRANT "ledger_users" TO "{PIPELINES}"',
        f'GRANT "ledger_users" TO "{TRIGGER}"',
        'ALTER DATABASE "ledger" SET role TO "ledger_users"',
    ]


def test_a_second_run_makes_no_role_again():
    cursor = Recorder(roles=("ledger_users",))
    database_access.give(cursor, "ledger", [TRIGGER])
    assert not [statement for statement in cursor.told if statement.startswith("CREATE ROLE")]


def test_a_name_cannot_end_its_quotes():
    (grant,) = [text for text in database_access.statements("ledger", ['x"; DROP DATABASE ledger; --']) if "DROP" in text]
    assert grant == 'GRANT "ledger_users" TO "x""; DROP DATABASE ledger; --"'


def test_each_database_is_connected_to_and_its_users_are_named(capsys):
    cursors: dict[str, Recorder] = {}

    @contextmanager
    def connect(_, database):
        yield cursors.setdefault(database, Recorder())

    access = [
        {"user": TRIGGER, "database": "ledger"},
        {"user": TRACKING, "database": "mlflow"},
        {"user": TRIGGER, "database": "ledger"},
    ]
    assert database_access.main(environment(access), connect) == 0
    assert list(cursors) == ["ledger", "mlflow"]
    assert cursors["ledger"].told.count(f'GRANT "ledger_users" TO "{TRIGGER}"') == 1
    assert cursors["mlflow"].told.count(f'GRANT "mlflow_users" TO "{TRACKING}"') == 1
    assert TRACKING not in "".join(cursors["ledger"].told)
    assert capsys.readouterr().out == f"ledger: {TRIGGER} may work in it\nmlflow: {TRACKING} may work in it\n"


def refused(code: str):
    """A connection that the server refuses, as pg8000 tells it."""

    @contextmanager
    def connect(*_):
        raise RuntimeError({"S": "FATAL", "C": code})
        yield

    return connect


def test_a_wrong_password_is_told_with_the_commands_that_set_it_anew(capsys):
    access = [{"user": TRIGGER, "database": "ledger"}]
    assert database_access.main(environment(access), refused("28P01")) == 1
    told = capsys.readouterr().err
    assert "gcloud sql users set-password setup --project acme-ml-dev --instance acme-dev-metadata" in told
    assert "gcloud secrets versions add acme-dev-database-setup --project acme-ml-dev" in told
    assert "not-shown" not in told


def test_any_other_refusal_ends_the_job_as_it_is():
    with pytest.raises(RuntimeError):
        database_access.main(environment([{"user": TRIGGER, "database": "ledger"}]), refused("3D000"))


@pytest.mark.parametrize("text", ["", "{}x", '[{"user": "a"}]', "[1]", '[{"user": "", "database": "ledger"}]', '[{"user": 1, "database": "x"}]'])
def test_a_list_that_cannot_be_read_is_refused(text, capsys):
    told = {**environment([]), "DATABASE_ACCESS": text}
    assert database_access.main(told, refused("28P01")) == 1
    assert "DATABASE_ACCESS" in capsys.readouterr().err


def test_a_setting_that_is_missing_is_named(capsys):
    assert database_access.main({}) == 1
    assert capsys.readouterr().err == "DATABASE_ACCESS is not set\n"


AZURE_TRIGGER = {"user": "acme-dev-trigger", "database": "ledger", "object": "1B2C3D4E-0000-4000-8000-0000000000a1"}
OBJECT = "1b2c3d4e-0000-4000-8000-0000000000a1"


def on_azure(*access: object) -> dict[str, str]:
    return {
        "DATABASE_HOST": "acme-dev.postgres.database.azure.com",
        "DATABASE_USER": "acme-dev-database-access",
        "DATABASE_IDENTITY": "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i",
        "DATABASE_ACCESS": json.dumps(access),
        "IDENTITY_ENDPOINT": "http://localhost:12356/msi/token",
        "IDENTITY_HEADER": "proves-it-is-us",
    }


def recorded(cursors: dict[str, Recorder]):
    @contextmanager
    def connect(_, database):
        yield cursors.setdefault(database, Recorder())

    return connect


def test_on_azure_an_identity_is_made_a_user_by_its_object_id_before_it_is_given_rights():
    cursors: dict[str, Recorder] = {}
    assert database_access.main(on_azure(AZURE_TRIGGER), recorded(cursors)) == 0
    assert list(cursors) == ["postgres", "ledger"]
    assert cursors["postgres"].told == [
        f"SELECT * FROM pg_catalog.pgaadauth_create_principal_with_oid(%s, %s, 'service', false, false) acme-dev-trigger {OBJECT}"
    ]
    assert 'GRANT "ledger_users" TO "acme-dev-trigger"' in cursors["ledger"].told


def test_on_azure_the_user_of_an_identity_that_was_made_anew_is_led_to_it():
    cursors = {"postgres": Recorder(roles=("acme-dev-trigger",))}
    assert database_access.main(on_azure(AZURE_TRIGGER), recorded(cursors)) == 0
    assert cursors["postgres"].told == [
        f"SECURITY LABEL FOR \"pgaadauth\" ON ROLE \"acme-dev-trigger\" IS 'aadauth,oid={OBJECT},type=service'"
    ]


@pytest.mark.parametrize("wrong", [{"user": "a", "database": "ledger"}, {**AZURE_TRIGGER, "object": "x' OR true"}])
def test_on_azure_a_user_without_an_object_id_is_refused(wrong, capsys):
    assert database_access.main(on_azure(wrong), recorded({})) == 1
    assert "DATABASE_ACCESS" in capsys.readouterr().err


def test_on_azure_the_password_is_a_token_of_the_administrators_identity(monkeypatch):
    asked = []

    def answer(request, timeout):
        asked.append((request, timeout))
        return io.BytesIO(b'{"access_token": "of-entra"}')

    monkeypatch.setattr(database_access, "urlopen", answer)
    environment = on_azure()
    assert database_access.entra_token(environment) == "of-entra"
    ((request, timeout),) = asked
    query = parse_qs(urlsplit(request.full_url).query)
    assert query["resource"] == ["https://ossrdbms-aad.database.windows.net"]
    assert query["mi_res_id"] == [environment["DATABASE_IDENTITY"]]
    assert request.get_header("X-identity-header") == "proves-it-is-us"
    assert timeout == 30


def test_on_azure_a_refused_login_is_told_with_what_makes_it_an_administrator(capsys):
    assert database_access.main(on_azure(AZURE_TRIGGER), refused("28P01")) == 1
    told = capsys.readouterr().err
    assert "does not take acme-dev-database-access as its administrator" in told
    assert "gcloud" not in told
