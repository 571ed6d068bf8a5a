"""Gives the identities of an estate their rights in the metadata database, on Cloud SQL or on Azure.

An identity that logs in through the cloud comes without any rights, and only the server itself can give them. This is run
as a job after a deployment. It may be run as often as one likes.

All who work in a database share one role, which owns whatever they make: else a table made by one would be closed to the
others. Rights are only added: an identity that is gone cannot log in any more.

Reads its environment. On both clouds: DATABASE_USER, who does it, and DATABASE_ACCESS, a JSON list of {"user": …,
"database": …}.

Google Cloud, as `setup`, the one user that has a password: DATABASE_CONNECTION (`project:region:instance`),
DATABASE_PASSWORD and DATABASE_SECRET (name of the secret that holds the password).

Azure, as the identity that is the server's administrator: DATABASE_HOST, DATABASE_IDENTITY (its resource id), and what
Container Apps set, IDENTITY_ENDPOINT and IDENTITY_HEADER. A user is made here too, for the "object" that stands beside it: the
object id of its identity in Entra.
"""

from __future__ import annotations

import json
import os
import ssl
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from uuid import UUID

# Who a token for Azure's databases is for: https://learn.microsoft.com/en-us/azure/postgresql/security/security-entra-configure
TOKEN_AUDIENCE = "https://ossrdbms-aad.database.windows.net"
TOKEN_SECONDS = 30  # That the request for one may take.

WRONG_PASSWORD = "28P01"  # https://www.postgresql.org/docs/current/errcodes-appendix.html


class AccessError(Exception):
    """Something that the person who runs this can mend."""


class Cursor(Protocol):
    """As much of a database cursor as is used."""

    def execute(self, statement: str, parameters: tuple[str, ...] = ...) -> Any: ...

    def fetchone(self) -> Any: ...


@dataclass(frozen=True, order=True)
class Access:
    """One user who works in one database."""

    database: str
    user: str
    # Object id of the identity in Entra; on Google Cloud the user's name says who it is.
    object: str = ""


def on_azure(environment: Mapping[str, str]) -> bool:
    """Which cloud this runs on."""
    return "DATABASE_HOST" in environment


def parse(text: str) -> list[Access]:
    """Who works where, sorted and without repetitions."""
    try:
        rows = json.loads(text)
        found = {Access(database=row["database"], user=row["user"], object=_object_id(row)) for row in rows}
    except (ValueError, KeyError, TypeError) as error:
        raise AccessError(f'DATABASE_ACCESS is not a list of {{"user": …, "database": …}}: {error!r}') from error
    if not all(isinstance(name, str) and name and "\0" not in name for access in found for name in (access.user, access.database)):
        raise AccessError("DATABASE_ACCESS has a user or database without a name")
    return sorted(found)


def _object_id(row: Mapping[str, str]) -> str:
    """As Entra writes it, or nothing; anything else is a ValueError."""
    return str(UUID(row["object"])) if "object" in row else ""


def quoted(name: str) -> str:
    """An identifier, whatever it holds: https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS."""
    return '"' + name.replace('"', '""') + '"'


def shared_role(database: str) -> str:
    """The role that all who work in a database are members of."""
    return f"{database}_users"


def statements(database: str, users: Iterable[str]) -> list[str]:
    """What gives users their rights in a database where the shared role exists. Each may be repeated."""
    name, role = quoted(database), quoted(shared_role(database))
    return [
        # Says who changed the schema and rights; the server's flags turn it on.
        "CREATE EXTENSION IF NOT EXISTS pgaudit",
        # By default everybody may connect to every database.
        f"REVOKE ALL ON DATABASE {name} FROM PUBLIC",
        f"GRANT CONNECT, TEMPORARY ON DATABASE {name} TO {role}",
        f"GRANT USAGE, CREATE ON SCHEMA public TO {role}",
        *(f"GRANT {role} TO {quoted(user)}" for user in users),
        # Whoever logs in acts as the shared role, so that it owns what they make.
        f"ALTER DATABASE {name} SET role TO {role}",
    ]


def give(cursor: Cursor, database: str, users: Iterable[str]) -> None:
    """Gives users their rights in the database that the cursor is connected to."""
    role = shared_role(database)
    # The database's own setting is for those who work in it.
    cursor.execute("SET ROLE NONE")
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))
    if cursor.fetchone() is None:
        cursor.execute(f"CREATE ROLE {quoted(role)} NOLOGIN")
    for statement in statements(database, users):
        cursor.execute(statement)


def admit(cursor: Cursor, access: Access) -> None:
    """Makes an identity a user of Azure's server; one whose identity was made anew is led to the new one.

    https://learn.microsoft.com/en-us/azure/postgresql/security/security-manage-entra-users
    """
    if not access.object:
        raise AccessError(f"DATABASE_ACCESS has no object for {access.user}")
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (access.user,))
    if cursor.fetchone() is None:
        make = "SELECT * FROM pg_catalog.pgaadauth_create_principal_with_oid(%s, %s, 'service', false, false)"
        cursor.execute(make, (access.user, access.object))
    else:
        cursor.execute(f'SECURITY LABEL FOR "pgaadauth" ON ROLE {quoted(access.user)} IS \'aadauth,oid={access.object},type=service\'')


@contextmanager
def connected(environment: Mapping[str, str], database: str) -> Iterator[Cursor]:
    """A cursor on the database."""
    connection = (_azure if on_azure(environment) else _google)(environment, database)
    with connection as open_one:
        open_one.autocommit = True
        try:
            yield open_one.cursor()
        finally:
            open_one.close()


@contextmanager
def _azure(environment: Mapping[str, str], database: str) -> Iterator[Any]:
    """Privately, by the server's name and certificate, with a token instead of a password."""
    import pg8000.dbapi

    yield pg8000.dbapi.connect(
        host=environment["DATABASE_HOST"],
        user=environment["DATABASE_USER"],
        password=entra_token(environment),
        database=database,
        ssl_context=ssl.create_default_context(),
    )


def entra_token(environment: Mapping[str, str]) -> str:
    """Says to the server who this is: https://learn.microsoft.com/en-us/azure/container-apps/managed-identity."""
    asked = {"api-version": "2019-08-01", "resource": TOKEN_AUDIENCE, "mi_res_id": environment["DATABASE_IDENTITY"]}
    address = f"{environment['IDENTITY_ENDPOINT']}?{urlencode(asked)}"
    request = Request(address, headers={"X-IDENTITY-HEADER": environment["IDENTITY_HEADER"]})
    with urlopen(request, timeout=TOKEN_SECONDS) as answer:
        return json.load(answer)["access_token"]


@contextmanager
def _google(environment: Mapping[str, str], database: str) -> Iterator[Any]:
    """Through the cloud's connector: privately, with a certificate for both sides."""
    from google.cloud.sql.connector import Connector, IPTypes

    with Connector(ip_type=IPTypes.PRIVATE) as connector:
        yield connector.connect(
            environment["DATABASE_CONNECTION"],
            "pg8000",
            user=environment["DATABASE_USER"],
            password=environment["DATABASE_PASSWORD"],
            db=database,
        )


def wrong_password(error: Exception) -> bool:
    """Whether the server refused the password. pg8000 hands on the server's fields, `C` is the code."""
    fields = error.args[0] if error.args else None
    return isinstance(fields, dict) and fields.get("C") == WRONG_PASSWORD


def what_to_do(environment: Mapping[str, str]) -> str:
    """What mends a login that the server refused."""
    user = environment["DATABASE_USER"]
    if on_azure(environment):
        return (
            f"the server {environment['DATABASE_HOST']} does not take {user} as its administrator. Deploy the layer compute, which "
            "makes it one; it may take some minutes until the server knows. Then run this again"
        )
    return how_to_set_anew(environment)


def how_to_set_anew(environment: Mapping[str, str]) -> str:
    """What to do when server and secret have different passwords, as after a deployment that was cut short."""
    project, _, instance = environment["DATABASE_CONNECTION"].split(":")
    user = environment["DATABASE_USER"]
    return (
        f"the server does not take the password of {user} that is kept in Secret Manager. Set both anew, then run this again: "
        "PASSWORD=$(openssl rand -base64 30)Aa1-; "
        f'gcloud sql users set-password {user} --project {project} --instance {instance} --password "$PASSWORD" && '
        f'printf %s "$PASSWORD" | gcloud secrets versions add {environment["DATABASE_SECRET"]} --project {project} --data-file -'
    )


def main(environment: Mapping[str, str] = os.environ, connect=connected) -> int:
    """Gives everybody on the list their rights; 1 when something is to be mended first."""
    try:
        everybody = parse(environment["DATABASE_ACCESS"])
        if on_azure(environment):
            with connect(environment, "postgres") as cursor:
                for access in everybody:
                    admit(cursor, access)
        for database in sorted({access.database for access in everybody}):
            users = [access.user for access in everybody if access.database == database]
            with connect(environment, database) as cursor:
                give(cursor, database, users)
            print(f"{database}: {', '.join(users)} may work in it", flush=True)
    except KeyError as error:
        print(f"{error.args[0]} is not set", file=sys.stderr)
        return 1
    except AccessError as error:
        print(error, file=sys.stderr)
        return 1
    except Exception as error:
        if not wrong_password(error):
            raise
        print(what_to_do(environment), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
