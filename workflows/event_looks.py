"""What a stream sees of a run, look by look: nothing is held between them, and the rights are asked each time."""

from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import ApiToken, User
from workflows.event_serializers import event_on_the_wire
from workflows.event_stream import Seen
from workflows.models import RunEvent, WorkflowRun
from workflows.records import RunStatus
from workflows.status import is_terminal

EVENTS_AT_ONCE = 500


class Looker:
    """Looks at a run for somebody, who came with a token or, without one, with a session."""

    def __init__(self, run_id: UUID, person: Any, token: Any) -> None:
        self._run_id, self._person = run_id, person.pk
        self._token: UUID | None = token.pk if token is not None else None

    def look(self, cursor: int) -> Seen | None:
        """How the run stands, and what is behind the cursor; None where the person may see it no longer."""
        try:
            person = self._who()
            return None if person is None else self._seen(person, cursor)
        finally:
            _let_go()

    def _seen(self, person: User, cursor: int) -> Seen | None:
        runs = WorkflowRun.objects.visible_to(person).filter(pk=self._run_id).order_by()
        run = runs.values_list("status", "modified", named=True).first()
        if run is None:
            return None
        is_over = is_terminal(RunStatus(run.status))
        told = {"status": run.status, "is_terminal": is_over, "modified": run.modified}
        rows = RunEvent.objects.filter(workflowrun=self._run_id, sequence__gt=cursor).order_by("sequence")
        events = [event_on_the_wire(one) for one in rows[:EVENTS_AT_ONCE]]
        return Seen(told, is_over, events, len(events) == EVENTS_AT_ONCE)

    def _who(self) -> User | None:
        """The person, with the groups of this moment; None who may sign in no longer, or whose token does not hold."""
        people = User.objects.filter(pk=self._person, is_active=True)
        if self._token is not None:
            people = people.filter(tokens__in=ApiToken.objects.valid().filter(pk=self._token))
        rows = list(people.values_list("is_superuser", "memberships__group_id", "memberships__role"))
        if not rows:
            return None
        person = User(pk=self._person, is_superuser=rows[0][0])
        person.know_roles({group: role for _, group, role in rows if group is not None})
        return person


def _let_go() -> None:
    """Give the connection back while nothing is asked; to SQLite it is a file, which costs nothing to keep open."""
    if connection.vendor != "sqlite" and not connection.in_atomic_block:
        connection.close()
