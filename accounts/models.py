"""People, the groups that they work in, and the tokens that their programs sign in with."""

import hashlib
import logging
import secrets
from datetime import timedelta
from functools import cached_property
from typing import Any, Self
from uuid import UUID

from django.contrib.auth.models import AbstractUser
from django.core.validators import RegexValidator
from django.db import DatabaseError, models
from django.db.models import Q
from django.utils import timezone

from common.identifiers import uuid7

logger = logging.getLogger(__name__)
LAST_USE_GRAIN = timedelta(minutes=10)


class GroupQuerySet(models.QuerySet):
    """Groups, of which a person knows and belongs to some."""

    def visible_to(self, user: Any) -> Self:
        """Those that ``user`` is in; all for administrators."""
        return self.all() if user.is_superuser else self.of(user)

    def of(self, user: Any) -> Self:
        """Those that ``user`` is in, administrator or not."""
        return self.filter(memberships__user=user)


class Group(models.Model):
    """A lab or a facility: it owns what its members register."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=150, unique=True)
    description = models.TextField(blank=True)
    url = models.URLField(blank=True, help_text="Home page or ROR address; stands in crates.")

    objects = GroupQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def one_at_a_time(group: "Group | None") -> None:
        """Until the transaction ends, nobody else who says so for this group goes on.

        Of two imports of one run that come in at once, the second one finds what the first one made.
        """
        if group is not None:
            list(Group.objects.select_for_update(no_key=True).filter(pk=group.pk).values_list("pk"))


class User(AbstractUser):
    """A person who signs in. The ORCID names the person in crates."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    orcid = models.CharField(
        "ORCID",
        max_length=19,
        blank=True,
        validators=[RegexValidator(r"^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$", "An ORCID reads 0000-0002-1825-0097.")],
    )
    primary_group = models.ForeignKey(
        Group, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    @property
    def full_name(self) -> str:
        """First and last name, or the user name where they are not known."""
        return self.get_full_name() or self.username

    @cached_property
    def _roles(self) -> dict[UUID, str]:
        return dict(self.memberships.values_list("group_id", "role"))

    def know_roles(self, roles: dict[UUID, str]) -> None:
        """Be told one's groups and roles by who has read them already."""
        self.__dict__["_roles"] = roles

    def group_ids(self) -> list[UUID]:
        """The ids of the groups that the user belongs to; asked of the database once per object."""
        return list(self._roles)

    def managed_group_ids(self) -> list[UUID]:
        """The ids of the groups that the user manages."""
        return [group for group, role in self._roles.items() if role == Membership.Role.MANAGER]

    def default_group(self) -> Group | None:
        """The primary group, else the first one, else none."""
        return self.primary_group or Group.objects.of(self).first()


class Membership(models.Model):
    """A user's place in a group."""

    class Role(models.TextChoices):
        """What a member may do: managers edit and delete all that the group owns."""

        MEMBER = "member"
        MANAGER = "manager"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "group"], name="once_in_a_group")]

    def __str__(self) -> str:
        return f"{self.user} in {self.group}"


class ApiTokenQuerySet(models.QuerySet):
    """Tokens, of which only those that still hold open anything."""

    def valid(self) -> Self:
        """Neither revoked nor expired."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()), revoked_at=None)


class ApiToken(models.Model):
    """A named key of one user. Only its SHA-256 is stored: the key itself is shown once, when it is made."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    start = models.CharField(
        max_length=12, editable=False, help_text="The first characters, to tell tokens apart."
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.start}…)"

    @classmethod
    def issue(cls, *, user: Any, name: str, expires_at: Any = None) -> tuple["ApiToken", str]:
        """Make a token; returns its row and the key, which nobody can read again later."""
        key = f"rs_{secrets.token_urlsafe(32)}"
        token = cls.objects.create(
            user=user, name=name, start=key[:8], digest=digest_of(key), expires_at=expires_at
        )
        return token, key

    @property
    def is_valid(self) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > timezone.now())

    def note_use(self) -> None:
        """Remember that the token was used; written at most every ten minutes.

        A database that takes no writes, because its disk is full, can be read all the same.
        """
        now = timezone.now()
        if self.last_used_at is None or now - self.last_used_at > LAST_USE_GRAIN:
            try:
                ApiToken.objects.filter(pk=self.pk).update(last_used_at=now)
            except DatabaseError as problem:
                logger.warning("The use of a token could not be written down: %s", problem)


def digest_of(key: str) -> str:
    """The SHA-256 of a key in hexadecimal; enough, as a key holds 256 random bits."""
    return hashlib.sha256(key.encode()).hexdigest()


ROLES = Membership.Role.choices
