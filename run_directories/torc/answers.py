"""What servers since 2025 answer, and their exports hold, as values: ids are numbers, and jobs list their relations."""

from typing import Any

from run_directories.secrets import command_without_secrets
from run_directories.torc.reading import (
    Answers,
    byte_count,
    epoch,
    flag,
    ids,
    later,
    measures,
    number,
    seconds_of,
    text,
    whole,
)
from run_directories.torc.values import (
    Event,
    File,
    Job,
    Measured,
    Node,
    Requirements,
    Result,
    Scheduler,
    UserData,
    Workflow,
)

GIGABYTE = 2**30
OF_WORKFLOW = frozenset(
    {"id", "name", "user", "description", "timestamp", "run_id", "is_archived", "is_canceled", "submission_directory",
     "status_id", "access_groups"}
)  # fmt: skip
# Of these nothing happened: they say how Torc was to go about a job.
UNUSED_OF_JOB = {
    "cancel_on_blocking_job_failure", "supports_termination", "schedule_compute_nodes", "failure_handler_id",
}  # fmt: skip
OF_JOB = frozenset(
    {"id", "workflow_id", "name", "command", "invocation_script", "status", "attempt_id", "depends_on_job_ids",
     "input_file_ids", "output_file_ids", "input_user_data_ids", "output_user_data_ids", "resource_requirements_id",
     "scheduler_id", "compute_node_id", "start_time", "priority", "env", *UNUSED_OF_JOB}
)  # fmt: skip
OF_SCHEDULER = frozenset({"id", "workflow_id", "name", "account", "partition"})
OF_EVENT = ("category", "type", "event_type", "message")
WRONG = ("fail", "error", "abort", "terminat")


class NewAnswers(Answers):
    """Reads the answers of these servers."""

    def workflow(self, told: dict[str, Any]) -> Workflow:
        """The workflow; whether it is complete is another question."""
        return Workflow(
            id=text(told, "id"),
            name=text(told, "name"),
            user=text(told, "user"),
            description=command_without_secrets(text(told, "description")),
            created=self.moment(told.get("timestamp")),
            run_id=max(1, whole(told, "run_id") or 1),
            is_archived=flag(told, "is_archived"),
            is_canceled=flag(told, "is_canceled"),
            directory=text(told, "submission_directory"),
            further=self.further(told, OF_WORKFLOW),
        )

    def job(self, told: dict[str, Any]) -> Job:
        """A job with its relations."""
        return Job(
            id=text(told, "id"),
            name=text(told, "name"),
            command=command_of(told),
            status=text(told, "status"),
            attempt=max(1, whole(told, "attempt_id") or 1),
            after=ids(told, "depends_on_job_ids"),
            used=ids(told, "input_file_ids"),
            made=ids(told, "output_file_ids"),
            reads=ids(told, "input_user_data_ids"),
            writes=ids(told, "output_user_data_ids"),
            requirements=text(told, "resource_requirements_id"),
            scheduler=text(told, "scheduler_id"),
            node=text(told, "compute_node_id"),
            started_at=self.moment(told.get("start_time")),
            priority=whole(told, "priority") or 0,
            environment=self.environment(told.get("env")),
            further=self.further(told, OF_JOB),
        )

    def result(self, told: dict[str, Any]) -> Result:
        """The end of an attempt; Torc tells no start, but how long it took."""
        completed, minutes = self.moment(told.get("completion_time")), number(told, "exec_time_minutes")
        seconds = None if minutes is None or minutes < 0 else minutes * 60
        return Result(
            job=text(told, "job_id"),
            run_id=whole(told, "run_id") or 1,
            attempt=max(1, whole(told, "attempt_id") or 1),
            return_code=whole(told, "return_code"),
            status=text(told, "status"),
            started_at=later(completed, None if seconds is None else -seconds),
            completed_at=completed,
            node=text(told, "compute_node_id"),
            resources=measures(
                wall_seconds=None if seconds is None else round(seconds, 6),
                max_rss_bytes=whole(told, "peak_memory_bytes"),
                avg_rss_bytes=whole(told, "avg_memory_bytes"),
                max_cpu_percent=number(told, "peak_cpu_percent"),
                avg_cpu_percent=number(told, "avg_cpu_percent"),
            ),
        )

    def file(self, told: dict[str, Any]) -> File:
        """A file; the time of its last change is empty while it is not there."""
        return File(text(told, "id"), text(told, "name"), text(told, "path"), epoch(number(told, "st_mtime")))

    def data(self, told: dict[str, Any]) -> UserData:
        """A named value, without what its own names call secret."""
        name = text(told, "name")
        held = self.safe({name: told.get("data")})
        return UserData(text(told, "id"), name, held.get(name), flag(told, "is_ephemeral"))

    def requirements(self, told: dict[str, Any]) -> Requirements:
        """What jobs ask for."""
        return Requirements(text(told, "id"), text(told, "name"), requested_of(told))

    def scheduler(self, told: dict[str, Any], kind: str) -> Scheduler:
        """What allocates nodes, with its settings."""
        return Scheduler(
            id=text(told, "id"),
            kind=kind,
            name=text(told, "name"),
            account=text(told, "account"),
            partition=text(told, "partition"),
            further=self.further(told, OF_SCHEDULER),
        )

    def node(self, told: dict[str, Any]) -> Node:
        """A compute node, and what Torc measured of it in all."""
        started, memory = self.moment(told.get("start_time")), number(told, "memory_gb")
        allocation = told.get("scheduler")
        return Node(
            id=text(told, "id"),
            hostname=text(told, "hostname"),
            kind=text(told, "compute_node_type"),
            started_at=started,
            completed_at=None
            if flag(told, "is_active")
            else later(started, number(told, "duration_seconds")),
            is_active=flag(told, "is_active"),
            cpus=number(told, "num_cpus"),
            memory_bytes=None if memory is None else round(memory * GIGABYTE),
            gpus=whole(told, "num_gpus"),
            job_id=scheduler_job(allocation),
            scheduler=text(told, "scheduler_config_id"),
            allocation=self.safe(
                {
                    **(allocation if isinstance(allocation, dict) else {}),
                    **measures(num_nodes=whole(told, "num_nodes"), pid=whole(told, "pid")),
                    **({"time_limit": limit} if (limit := text(told, "time_limit")) else {}),
                }
            ),
            statistics=statistics_of(told),
        )

    def measured(self, told: dict[str, Any]) -> Measured:
        """What Slurm measured of the step that was an attempt."""
        return Measured(
            job=text(told, "job_id"),
            run_id=whole(told, "run_id") or 1,
            attempt=max(1, whole(told, "attempt_id") or 1),
            scheduler_job=text(told, "slurm_job_id"),
            hosts=text(told, "node_list"),
            resources=measures(
                max_rss_bytes=whole(told, "max_rss_bytes"),
                max_vms_bytes=whole(told, "max_vm_size_bytes"),
                read_bytes=whole(told, "max_disk_read_bytes"),
                write_bytes=whole(told, "max_disk_write_bytes"),
                avg_cpu_seconds=number(told, "ave_cpu_seconds"),
            ),
        )

    def event(self, told: dict[str, Any]) -> Event | None:
        """Something that happened; None where Torc does not say when."""
        held = told.get("data")
        data = held if isinstance(held, dict) else {"data": held}
        return self.event_of(text(told, "id"), told, data)

    def event_of(self, key: str, told: dict[str, Any], data: dict[str, Any]) -> Event | None:
        """An event whose words stand in ``data``."""
        milliseconds = number(told, "timestamp")
        at = epoch(None if milliseconds is None else milliseconds / 1000)
        kind = text(data, "type") or text(data, "event_type")
        if at is None:
            return None
        return Event(
            id=key,
            at=at,
            category=text(data, "category"),
            type=kind,
            message=command_without_secrets(text(data, "message")),
            level=level_of(kind, data),
            job=text(data, "job_id") or text(data, "job_key") or text(data, "job_name"),
            run_id=whole(data, "run_id"),
            data=self.safe({name: one for name, one in data.items() if name not in OF_EVENT}),
        )


def command_of(told: dict[str, Any]) -> str:
    """What ran: Torc puts the invocation script, where there is one, before the command."""
    script, command = text(told, "invocation_script"), text(told, "command")
    return command_without_secrets(f"{script} {command}" if script else command)


def requested_of(told: dict[str, Any]) -> dict[str, Any]:
    """Requirements in the registry's words and units."""
    return measures(
        cpus=whole(told, "num_cpus"),
        gpus=whole(told, "num_gpus"),
        nodes=whole(told, "num_nodes"),
        memory_bytes=byte_count(text(told, "memory")),
        runtime_seconds=seconds_of(text(told, "runtime")),
    )


def scheduler_job(allocation: Any) -> str:
    """The number of an allocation; each scheduler and version has its own word for it."""
    names = ("slurm_job_id", "hpc_job_id", "job_id", "scheduler_id")
    return next((found for name in names if (found := text(allocation, name))), "")


def statistics_of(told: dict[str, Any]) -> dict[str, Any]:
    """Averages and peaks of a node."""
    both = {
        "cpu_percent": measures(
            average=number(told, "avg_cpu_percent"), max=number(told, "peak_cpu_percent")
        ),
        "memory_bytes": measures(
            average=number(told, "avg_memory_bytes"), max=number(told, "peak_memory_bytes")
        ),
    }
    counted = measures(samples=whole(told, "sample_count"))
    return {name: found | counted for name, found in both.items() if found}


def level_of(kind: str, data: dict[str, Any]) -> str:
    """How serious an event is: as it says, else an error where its type is a failure's."""
    said = text(data, "level").lower() or text(data, "severity").lower()
    if said in ("debug", "info", "warning", "error"):
        return said
    return "error" if any(word in kind.lower() for word in WRONG) else "info"
