"""Workflows, versions, files, runs and their parts on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.api.fields import (
    LARGEST_INTEGER,
    ObjectField,
    StrictModelSerializer,
    TagsField,
    TextField,
    WholeField,
)
from common.api.serializers import BaseSerializer, OwnedSerializer, VisiblePrimaryKeyRelatedField
from data_management.models import Dataset
from data_management.serializers import ManagedDatasetSerializer
from workflows.models import (
    StatusChange,
    Workflow,
    WorkflowFile,
    WorkflowRun,
    WorkflowRunDataset,
    WorkflowRunJob,
    WorkflowRunParameter,
    WorkflowRunStep,
    WorkflowVersion,
)
from workflows.models.runs import DATASET_TO_WORKFLOWRUN_TYPES
from workflows.models.versions import FILE_TYPES
from workflows.records import FileType
from workflows.reruns import goes_back_to
from workflows.templates import problems_of

MOST_BEFORE = 10_000  # jobs whose results one job used


class WorkflowSerializer(OwnedSerializer):
    """A workflow."""

    class Meta(OwnedSerializer.Meta):
        model = Workflow
        fields = (*OwnedSerializer.Meta.fields, "workflow_manager", "license", "repository_url", "is_remote")


class WorkflowVersionSerializer(BaseSerializer):
    """A version of a workflow. ``is_committed`` says that it is released: its files cannot change any more."""

    workflow = VisiblePrimaryKeyRelatedField(queryset=Workflow.objects.all())
    name = TextField(max_length=255, required=False)
    is_committed = serializers.BooleanField(read_only=True)
    deleted = serializers.BooleanField(read_only=True)
    parameter_template = ObjectField(required=False)
    requirements = ObjectField(required=False)
    container_registry_map = ObjectField(required=False)
    repository = ObjectField(required=False)
    tags = TagsField(required=False)
    metadata = ObjectField(required=False)

    class Meta(BaseSerializer.Meta):
        model = WorkflowVersion
        fields = (
            *BaseSerializer.Meta.fields, "name", "description", "workflow", "index", "is_latest", "is_committed",
            "released_at", "commit_hash", "content_digest", "engine_version", "source_url", "deleted", "state",
            "source_digest", "parameter_template", "requirements", "container_registry_map", "repository", "tags",
            "metadata",
        )  # fmt: skip
        read_only_fields = ("index", "is_latest", "released_at", "content_digest")
        validators: list[Any] = []  # that one version is the latest is made so, not asked for

    def validate_parameter_template(self, given: dict[str, Any]) -> dict[str, Any]:
        """What is declared must be declared in words that are known."""
        problems: dict[str, list[str]] = {}
        for name, sentence in problems_of(given):
            problems.setdefault(name, []).append(sentence)
        if problems:
            raise serializers.ValidationError(problems)
        return given


class WorkflowFileSerializer(BaseSerializer):
    """A file of a version; ``size`` in bytes."""

    workflowversion = serializers.PrimaryKeyRelatedField(read_only=True)

    class Meta(BaseSerializer.Meta):
        model = WorkflowFile
        fields = (
            *BaseSerializer.Meta.fields, "workflowversion", "path", "data_type", "mime_type", "size", "sha256",
        )  # fmt: skip
        read_only_fields = ("path", "size", "sha256", "mime_type")


class WorkflowFileUploadSerializer(serializers.Serializer):
    """A file to be added to a version, as ``multipart/form-data``."""

    workflowversion = VisiblePrimaryKeyRelatedField(queryset=WorkflowVersion.objects.all())
    file = serializers.FileField(allow_empty_file=True)
    path = serializers.CharField(
        max_length=500, required=False, help_text="Path in the version; the file's name."
    )
    data_type = serializers.ChoiceField(FILE_TYPES, default=FileType.OTHER.value)


class WorkflowRefSerializer(serializers.Serializer):
    """The workflow of a run, in short: ``version`` is the version's name, ``engine`` its language."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    version = serializers.CharField()
    engine = serializers.CharField()


class RunEnvironmentField(serializers.JSONField):
    """A text or any JSON value; kept as it came."""


class PersonRefSerializer(serializers.Serializer):
    """A person whom the source of a run names; ``role`` is ``agent``, ``author`` or ``creator``."""

    name = serializers.CharField()
    orcid = serializers.CharField()
    affiliation = serializers.CharField()
    url = serializers.CharField()
    role = serializers.CharField()


class WorkflowRunListSerializer(OwnedSerializer):
    """A run as a line of a list. Times are ISO 8601, ``duration`` is in seconds."""

    workflow = serializers.SerializerMethodField()

    class Meta(OwnedSerializer.Meta):
        model = WorkflowRun
        fields = (
            "id", "name", "description", "status", "workflowversion", "workflow", "started_at", "completed_at",
            "duration", "run_command", "is_imported", "source", "source_url", "external_id", "public", "owner",
            "owned_by", "group", "created", "modified", "deleted",
        )  # fmt: skip

    @extend_schema_field(WorkflowRefSerializer(allow_null=True))
    def get_workflow(self, run: WorkflowRun) -> dict[str, Any] | None:
        """The workflow with the version's name."""
        version = run.workflowversion
        if version is None:
            return None
        workflow = version.workflow
        return {
            "id": workflow.id,
            "name": workflow.name,
            "version": version.name,
            "engine": workflow.workflow_manager,
        }


class DatasetRefSerializer(serializers.ModelSerializer):
    """A dataset, in short; ``size`` in bytes."""

    class Meta:
        model = Dataset
        fields = ("id", "name", "dataset_type", "status", "size", "file_count")


class RunDatasetSerializer(serializers.ModelSerializer):
    """A dataset's part in a run; ``id`` is the association's."""

    dataset = DatasetRefSerializer()

    class Meta:
        model = WorkflowRunDataset
        fields = ("id", "data_type", "dataset")


class DeclaredFileSerializer(serializers.Serializer):
    """A file that the run was to take in or to make, whether or not it is there."""

    path = serializers.CharField()
    data_type = serializers.ChoiceField(DATASET_TO_WORKFLOWRUN_TYPES)
    optional = serializers.BooleanField()


class WorkflowRunSerializer(WorkflowRunListSerializer):
    """A run, whole but for its steps and jobs, which have addresses of their own.

    ``datasets`` holds the first thousand; ``workflowrundatasets/?workflowrun=`` pages through all.
    """

    workflowversion = VisiblePrimaryKeyRelatedField(queryset=WorkflowVersion.objects.all(), allow_null=True)
    run_environment = RunEnvironmentField(required=False, allow_null=True)
    people = PersonRefSerializer(many=True, read_only=True)
    datasets = RunDatasetSerializer(many=True, read_only=True, source="links_in_order")
    tags = TagsField(required=False)
    metadata = ObjectField(required=False)
    declared = DeclaredFileSerializer(many=True, read_only=True)
    rerun_of = VisiblePrimaryKeyRelatedField(
        queryset=WorkflowRun.objects.all(), allow_null=True, required=False
    )

    class Meta(WorkflowRunListSerializer.Meta):
        fields = (
            *WorkflowRunListSerializer.Meta.fields, "status_basis", "message", "license", "run_environment", "people",
            "tags", "metadata", "declared", "source_status", "source_deleted", "rerun_of", "created_by",
            "modified_by", "datasets",
        )  # fmt: skip
        read_only_fields = ("status_basis", "source_status", "source_deleted")

    def validate_rerun_of(self, given: WorkflowRun | None) -> WorkflowRun | None:
        """A run does not repeat itself, nor one that repeats it."""
        if given is not None and self.instance is not None and goes_back_to(given, self.instance):
            raise serializers.ValidationError("must be another run, and none that repeats this one")
        return given

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A run is not completed before it is started."""
        start = attrs.get("started_at", getattr(self.instance, "started_at", None))
        end = attrs.get("completed_at", getattr(self.instance, "completed_at", None))
        if start and end and end < start:
            raise serializers.ValidationError({"completed_at": ["must not be before started_at"]})
        return attrs


class ManageDatasetsSerializer(serializers.Serializer):
    """The datasets that are to be associated with a run under one data type."""

    datasets = ManagedDatasetSerializer(many=True)
    data_type = serializers.ChoiceField(DATASET_TO_WORKFLOWRUN_TYPES)


class WorkflowRunDatasetSerializer(BaseSerializer):
    """The association of a dataset with a run."""

    workflowrun = VisiblePrimaryKeyRelatedField(queryset=WorkflowRun.objects.all())
    dataset = VisiblePrimaryKeyRelatedField(queryset=Dataset.objects.all())

    class Meta(BaseSerializer.Meta):
        model = WorkflowRunDataset
        fields = (*BaseSerializer.Meta.fields, "workflowrun", "dataset", "data_type", "owner", "owned_by")
        read_only_fields = ("owner", "owned_by")
        validators: list[Any] = []


class ParameterSerializer(StrictModelSerializer):
    """A named value that the run was started with."""

    value = serializers.JSONField(allow_null=True, required=False, default=None)
    value_type = serializers.CharField(read_only=True)

    class Meta:
        model = WorkflowRunParameter
        fields = ("id", "name", "value", "value_type")


class StepField(VisiblePrimaryKeyRelatedField):
    """A step of the same run; one of another run is not there."""

    def get_queryset(self) -> Any:
        """Only the steps of the run of the address."""
        run = self.context["view"].kwargs["run_pk"]
        return super().get_queryset().filter(workflowrun=run)


class StepSerializer(StrictModelSerializer):
    """A step of the workflow as it took part in the run."""

    key = TextField(max_length=255)
    parent = StepField(queryset=WorkflowRunStep.objects.all(), required=False, allow_null=True)
    position = WholeField(min_value=0, max_value=LARGEST_INTEGER, required=False)

    class Meta:
        model = WorkflowRunStep
        fields = (
            "id", "key", "name", "position", "parent", "tool_id", "tool_name", "tool_version", "tool_url",
            "container_image", "status", "message",
        )  # fmt: skip


class JobFileSerializer(serializers.Serializer):
    """A file that a job used or made."""

    datafile = serializers.UUIDField(source="datafile_id")
    name = serializers.CharField(source="datafile.name")
    role = serializers.CharField()


class JobSerializer(StrictModelSerializer):
    """One execution of a step; ``files`` says what it used and made.

    ``requested`` are the resources that were asked for, named like ``resources``, which were used. ``node`` is the key
    of the compute node that it ran on, ``scheduler`` says ``kind``, ``job_id``, ``partition`` and ``account``.
    """

    step = StepField(queryset=WorkflowRunStep.objects.all(), required=False, allow_null=True)
    attempt = WholeField(min_value=0, max_value=LARGEST_INTEGER, required=False)
    exit_code = WholeField(
        min_value=-LARGEST_INTEGER, max_value=LARGEST_INTEGER, required=False, allow_null=True
    )
    resources = ObjectField(required=False)
    requested = ObjectField(required=False)
    scheduler = ObjectField(required=False)
    parameters = ObjectField(required=False)
    environment = ObjectField(required=False)
    after = serializers.ListField(child=TextField(max_length=255), required=False, max_length=MOST_BEFORE)
    files = JobFileSerializer(many=True, read_only=True)

    class Meta:
        model = WorkflowRunJob
        fields = (
            "id", "step", "name", "attempt", "status", "started_at", "completed_at", "command_line", "exit_code",
            "host", "stdout", "stderr", "container_image", "external_id", "resources", "parameters", "environment",
            "message", "after", "source_status", "requested", "scheduler", "node", "files",
        )  # fmt: skip

    def validate_after(self, given: list[str]) -> list[str]:
        """Each once, sorted."""
        return sorted(set(given))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A job is not completed before it is started."""
        start = attrs.get("started_at", getattr(self.instance, "started_at", None))
        end = attrs.get("completed_at", getattr(self.instance, "completed_at", None))
        if start and end and end < start:
            raise serializers.ValidationError({"completed_at": ["must not be before started_at"]})
        return attrs


class StatusChangeSerializer(serializers.ModelSerializer):
    """A status that the run took."""

    class Meta:
        model = StatusChange
        fields = ("id", "status", "at", "by")
