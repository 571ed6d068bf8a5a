"""Gives the identities of an estate their rights in the metadata database on Cloud SQL.

An identity that logs in through the cloud comes without any rights, and only the server itself can give them. This is run
as a job after a deployment, as `setup`, the one user that has a password. It may be run as often as one likes.

All who work in a database share one role, which owns whatever they make: else a table made by one would be closed to the
others. Rights are only added: an identity that is gone cannot log in any more.

Reads its environment: DATABASE_CONNECTION (`project:region:instance`), DATABASE_USER, DATABASE_PASSWORD, DATABASE_SECRET (name of
the secret that holds the password) and DATABASE_ACCESS, a JSON list of {"user": …, "database": …}.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

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


def parse(text: str) -> list[Access]:
    """Who works where, sorted and without repetitions."""
    try:
        rows = json.loads(text)
        found = {Access(database=row["database"], user=row["user"]) for row in rows}
    except (ValueError, KeyError, TypeError) as error:
        raise AccessError(f'DATABASE_ACCESS is not a list of {{"user": …, "database": …}}: {error!r}') from error
    if not all(isinstance(name, str) and name and "\0" not in name for access in found for name in (access.user, access.database)):
        raise AccessError("DATABASE_ACCESS has a user or database without a name")
    return sorted(found)


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


@contextmanager
def connected(environment: Mapping[str, str], database: str) -> Iterator[Cursor]:
    """A cursor on the database, through the cloud's connector: privately, with a certificate for both sides."""
    from google.cloud.sql.connector import Connector, IPTypes

    with Connector(ip_type=IPTypes.PRIVATE) as connector:
        connection = connector.connect(
            environment["DATABASE_CONNECTION"],
            "pg8000",
            user=environment["DATABASE_USER"],
            password=environment["DATABASE_PASSWORD"],
            db=database,
        )
        connection.autocommit = True
        try:
            yield connection.cursor()
        finally:
            connection.close()


def wrong_password(error: Exception) -> bool:
    """Whether the server refused the password. pg8000 hands on the server's fields, `C` is the code."""
    fields = error.args[0] if error.args else None
    return isinstance(fields, dict) and fields.get("C") == WRONG_PASSWORD


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
        print(how_to_set_anew(environment), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
