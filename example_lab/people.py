"""The people of the example lab, their groups and their dropboxes."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils.text import slugify

from accounts.models import ApiToken, Group, Membership, User
from data_management.models import Dropbox

TOKEN_NAME = "Example lab"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the lab; without a group, the administrator."""

    username: str
    first_name: str
    last_name: str
    orcid: str = ""
    group: str = ""
    role: str = Membership.Role.MEMBER


GROUPS = {
    "Genomics Core": "Sequencing and everything that follows from it.",
    "Proteomics Lab": "Another lab: it sees what is public or shared, and nothing else of the core's.",
}
# The ORCIDs other than Ada's, which the documentation of ORCID uses, lie where none are given out.
PEOPLE = (
    Person("ada", "Ada", "Example", "0000-0002-1825-0097", "Genomics Core", Membership.Role.MANAGER),
    Person("bob", "Bob", "Sample", "0000-0000-0000-0204", "Genomics Core"),
    Person("eve", "Eve", "Instance", "0000-0000-0000-0300", "Proteomics Lab", Membership.Role.MANAGER),
    Person("admin", "Registry", "Administrator"),
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A person's generated password, as it is told and as it is stored."""

    password: str
    stored: str

    @classmethod
    def generate(cls) -> "Credentials":
        """A new password of 96 random bits."""
        password = secrets.token_urlsafe(12)
        return cls(password, make_password(password))


@dataclass(frozen=True, slots=True)
class Member:
    """A person in the database, with the key of the token that was made for them."""

    user: User
    group: Group | None
    token: str


def dropbox_of(username: str) -> Path:
    """The directory in which a person leaves what is to be registered."""
    return Path(settings.DROPBOX_ROOT) / username


def make_dropboxes() -> None:
    """Make everybody's directory, which is nobody else's business."""
    for person in PEOPLE:
        if person.group:
            path = dropbox_of(person.username)
            path.mkdir(parents=True, exist_ok=True)
            path.chmod(0o700)


def make_people(credentials: dict[str, Credentials]) -> dict[str, Member]:
    """Write groups, users, memberships, tokens and dropboxes; returns the people by their user names."""
    groups = {
        name: Group.objects.create(name=name, description=text, url=f"https://example.org/{slugify(name)}/")
        for name, text in GROUPS.items()
    }
    return {
        person.username: _make(person, groups.get(person.group), credentials[person.username])
        for person in PEOPLE
    }


def _make(person: Person, group: Group | None, credentials: Credentials) -> Member:
    user = User.objects.create(
        username=person.username,
        password=credentials.stored,
        first_name=person.first_name,
        last_name=person.last_name,
        email=f"{person.username}@example.org",
        orcid=person.orcid,
        primary_group=group,
        is_staff=group is None,
        is_superuser=group is None,
    )
    if group is not None:
        Membership.objects.create(user=user, group=group, role=person.role)
        Dropbox.objects.create(user=user, group=group, path=str(dropbox_of(person.username)))
    _, token = ApiToken.issue(user=user, name=TOKEN_NAME)
    return Member(user, group, token)
