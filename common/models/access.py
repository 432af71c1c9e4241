"""Who may see and change what: ownership, groups, the public flag, and shares. Said here and nowhere else."""

from typing import Any, ClassVar, Protocol, Self
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, models
from django.db.models import F, Func, Q

from common.models.base import BaseModel


class UserLike(Protocol):
    """What a permission question needs to know of a person."""

    pk: Any
    is_superuser: bool

    def group_ids(self) -> list[UUID]:
        """The groups that the person belongs to."""

    def managed_group_ids(self) -> list[UUID]:
        """Those of them that the person manages."""


class Share(BaseModel):
    """A right on one record that its owner gave to a user or to a group. Viewing is included in each."""

    kind = models.CharField(max_length=60, editable=False)
    object_id = models.UUIDField(editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    group = models.ForeignKey(
        settings.GROUP_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    can_edit = models.BooleanField(default=False)
    can_delete = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="share_is_with_a_user_or_a_group",
                condition=Q(user__isnull=False, group__isnull=True)
                | Q(user__isnull=True, group__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["kind", "object_id", "user"],
                name="share_once_per_user",
                condition=Q(group__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["kind", "object_id", "group"],
                name="share_once_per_group",
                condition=Q(user__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["user", "kind"]), models.Index(fields=["group", "kind"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} with {self.user or self.group}"


class OwnedQuerySet(models.QuerySet):
    """Rows of an ownable model, or of one whose rights come from the records it hangs on."""

    def visible_to(self, user: UserLike, *, deleted: bool = False) -> Self:
        """The rows that ``user`` may know of; with ``deleted`` those in the trash instead."""
        return self._reached(user, view_q, deleted=deleted)

    def editable_by(self, user: UserLike, *, deleted: bool = False) -> Self:
        """The rows that ``user`` may change."""
        return self._reached(user, edit_q, deleted=deleted)

    def deletable_by(self, user: UserLike, *, deleted: bool = False) -> Self:
        """The rows that ``user`` may delete and restore."""
        return self._reached(user, delete_q, deleted=deleted)

    def shareable_by(self, user: UserLike, *, deleted: bool = False) -> Self:
        """The rows whose rights ``user`` may give away: whoever could only edit might otherwise take more."""
        return self._reached(user, give_q, deleted=deleted)

    def _reached(self, user: UserLike, rights: Any, *, deleted: bool) -> Self:
        wanted = self.filter(**_trash(self.model, deleted=deleted))
        if user.is_superuser:
            return wanted
        for path, model in rights_come_from(self.model):
            wanted = wanted.filter(rights(user, model, f"{path}__" if path else ""))
        return wanted


class Ownable(models.Model):
    """A record with an owner and a group; ``public`` shows it to everyone who is signed in."""

    rights_from: ClassVar[tuple[str, ...]] = ("",)

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    owned_by = models.ForeignKey(
        settings.GROUP_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    public = models.BooleanField(default=False)

    class Meta:
        abstract = True


def rights_come_from(model: type[models.Model]) -> list[tuple[str, type[models.Model]]]:
    """The paths from ``model`` to the records whose rights count: ``[("", itself)]`` or its parents.

    A file has the rights of its dataset; an association needs both its run and its dataset.
    """
    return [(path, _target(model, path)) for path in getattr(model, "rights_from", ("",))]


def _trash(model: type[models.Model], *, deleted: bool) -> dict[str, bool]:
    """Conditions on what lies in the trash: the row itself does or does not, nothing that it hangs on does."""
    conditions = {"deleted": deleted} if hasattr(model, "deleted") else {}
    for path, _ in rights_come_from(model):
        parts = path.split("__") if path else []
        for depth in range(1, len(parts) + 1):
            above = "__".join(parts[:depth])
            if hasattr(_target(model, above), "deleted"):
                conditions[f"{above}__deleted"] = False
    return conditions


def _target(model: type[models.Model], path: str) -> type[models.Model]:
    """The model that a path of links leads to."""
    for name in filter(None, path.split("__")):
        model = model._meta.get_field(name).related_model  # type: ignore[assignment]
    return model


def view_q(user: UserLike, model: type[models.Model], prefix: str = "") -> Q:
    """Owner, group member, public, or shared with the user or one of the user's groups."""
    groups = user.group_ids()
    mine = Q(**{f"{prefix}owner": user.pk}) | Q(**{f"{prefix}public": True})
    if groups:
        mine |= Q(**{f"{prefix}owned_by__in": groups})
    return mine | shared_q(user, model, prefix)


def edit_q(user: UserLike, model: type[models.Model], prefix: str = "") -> Q:
    """Owner, manager of the group, or shared with the right to edit."""
    return _managed_q(user, prefix) | shared_q(user, model, prefix, can_edit=True)


def delete_q(user: UserLike, model: type[models.Model], prefix: str = "") -> Q:
    """Owner, manager of the group, or shared with the right to delete."""
    return _managed_q(user, prefix) | shared_q(user, model, prefix, can_delete=True)


def give_q(user: UserLike, model: type[models.Model], prefix: str = "") -> Q:
    """Owner or manager of the group."""
    return _managed_q(user, prefix)


def shared_q(user: UserLike, model: type[models.Model], prefix: str = "", **rights: bool) -> Q:
    """Shared with ``user`` or one of the user's groups, with these rights.

    PostgreSQL takes ``IN (SELECT …)`` within an OR for half of the table and then walks all of it; of an
    array it knows that it is short.
    """
    found = shared_ids(user, model, **rights)
    if connection.vendor != "postgresql":
        return Q(**{f"{prefix}id__in": found})
    return Q(_IsAnyOf(F(f"{prefix}id"), ArraySubquery(found), output_field=models.BooleanField()))


class _IsAnyOf(Func):
    """``value = ANY(array)``, which PostgreSQL can look up in an index."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("


def shared_ids(user: UserLike, model: type[models.Model], **rights: bool) -> models.QuerySet:
    """A subquery: the ids of the rows of ``model`` that were shared with ``user``, with these rights."""
    with_user = Q(user=user.pk)
    if groups := user.group_ids():
        with_user |= Q(group__in=groups)
    return Share.objects.filter(with_user, kind=model._meta.label_lower, **rights).values("object_id")


def _managed_q(user: UserLike, prefix: str) -> Q:
    mine = Q(**{f"{prefix}owner": user.pk})
    if managed := user.managed_group_ids():
        mine |= Q(**{f"{prefix}owned_by__in": managed})
    return mine
