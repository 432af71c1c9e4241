"""Who lives in the filled registry: 20 groups, 100 people, and three whom the benchmarks sign in as."""

import hashlib
from typing import Any
from uuid import UUID

GROUPS, PEOPLE = 20, 100
MANY = 0  # owns a tenth of all runs, is a member of the largest group, and has a dropbox
FEW = PEOPLE  # owns three old runs in a group of one, and sees the public runs and a few shares beside
ADMIN = PEOPLE + 1  # a superuser, who sees everything
GROUP_OF_FEW = GROUPS
FIRST_MOMENT = 1_640_995_200  # 2022-01-01, in seconds since 1970
MADE = "2022-01-01 00:00:00"  # in UTC, as both databases read it
KIND_USER, KIND_GROUP, KIND_WORKFLOW, KIND_VERSION, KIND_TOKEN = 1, 2, 3, 4, 5


def made_id(kind: int, number: int) -> UUID:
    """The identifier that the dialects make for a row of ``kind`` at the first moment."""
    return UUID(f"{FIRST_MOMENT * 1000:012x}7{kind:03x}8000{number:012x}")


def user_id(number: int) -> UUID:
    """The identifier of a person."""
    return made_id(KIND_USER, number)


def token_of(number: int) -> str:
    """The API key of a person of the filled registry. It opens nothing else."""
    return f"rs_benchmark-person-{number:03d}-of-a-registry-that-is-filled"


def group_of(person: int) -> int:
    """The group that a person belongs to and whose runs the person makes."""
    return GROUP_OF_FEW if person >= FEW else person % GROUPS


def insert_people(cursor: Any, *, literal: Any) -> None:
    """Groups, users, memberships and tokens. ``literal`` writes a UUID as the database takes it."""
    rows_of_groups = [
        f"({literal(made_id(KIND_GROUP, n))}, 'Lab {n:02d}', '', '')" for n in range(GROUPS + 1)
    ]
    cursor.execute(
        f"INSERT INTO accounts_group (id, name, description, url) VALUES {','.join(rows_of_groups)}"
    )
    people = range(PEOPLE + 2)
    cursor.execute(
        "INSERT INTO accounts_user (id, password, is_superuser, username, first_name, last_name, email,"
        " is_staff, is_active, date_joined, orcid, primary_group_id) VALUES "
        + ",".join(_person(n, literal) for n in people)
    )
    cursor.execute(
        "INSERT INTO accounts_membership (user_id, group_id, role) VALUES "
        + ",".join(_membership(n, literal) for n in people if n != ADMIN)
    )
    cursor.execute(
        "INSERT INTO accounts_apitoken (id, user_id, name, start, digest, created, last_used_at) VALUES "
        + ",".join(_token(n, literal) for n in people)
    )


def _person(number: int, literal: Any) -> str:
    superuser = "TRUE" if number == ADMIN else "FALSE"
    return (
        f"({literal(user_id(number))}, '!', {superuser}, 'person{number:03d}', 'Person', 'Number {number:03d}',"
        f" '', {superuser}, TRUE, '{MADE}', '', {literal(made_id(KIND_GROUP, group_of(number)))})"
    )


def _membership(number: int, literal: Any) -> str:
    role = "manager" if number < GROUPS else "member"
    return f"({literal(user_id(number))}, {literal(made_id(KIND_GROUP, group_of(number)))}, '{role}')"


def _token(number: int, literal: Any) -> str:
    digest = hashlib.sha256(token_of(number).encode()).hexdigest()
    # Last used far in the future: no request of a measurement pays for writing it down.
    return (
        f"({literal(made_id(KIND_TOKEN, number))}, {literal(user_id(number))}, 'benchmark', 'rs_bench',"
        f" '{digest}', '{MADE}', '2099-01-01 00:00:00')"
    )
