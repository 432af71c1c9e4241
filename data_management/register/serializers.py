"""The wire shape of a registration for the schema; reading it is ``body.Reader``'s, a test holds the two together."""

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from data_management.serializers import FileTransferSerializer
from workflows.models import WorkflowRun
from workflows.models.runs import DATASET_TO_WORKFLOWRUN_TYPES
from workflows.models.steps import FILE_ROLES
from workflows.records import StatusBasis


@extend_schema_serializer(component_name="RegisterDataFile")
class DataFileSerializer(serializers.Serializer):
    """A file: ``uri`` is a path in the dropbox, absolute or relative to ``input_dir``; a folder means its files."""

    uri = serializers.CharField(max_length=4096)
    name = serializers.CharField(max_length=255, required=False)
    type = serializers.CharField(max_length=60, required=False, help_text="The format, for example fastq.")
    filetype = serializers.CharField(max_length=60, required=False, help_text="The same as type.")
    format = serializers.CharField(max_length=60, required=False, help_text="The same as type.")
    mime_type = serializers.CharField(max_length=255, required=False)
    byte = serializers.IntegerField(
        min_value=0, required=False, help_text="Bytes; compared with what is found."
    )
    size = serializers.IntegerField(min_value=0, required=False, help_text="The same as byte.")
    md5sum = serializers.CharField(max_length=32, required=False, help_text="Compared with what is found.")
    sha256 = serializers.CharField(max_length=64, required=False, help_text="Compared with what is found.")
    is_folder = serializers.BooleanField(required=False)


@extend_schema_serializer(component_name="RegisterDataset")
class DatasetSerializer(serializers.Serializer):
    """A dataset: new with files, or existing (``new`` false) by its id."""

    id = serializers.CharField(
        max_length=255, required=False, help_text="The registry's id, or a label for a new one."
    )
    new = serializers.BooleanField(required=False)
    name = serializers.CharField(max_length=255, required=False, help_text="Required for a new dataset.")
    description = serializers.CharField(required=False, allow_blank=True)
    dataset_type = serializers.CharField(max_length=60, required=False, default="generic")
    collection = serializers.CharField(
        max_length=255, required=False, help_text="The id of a collection of this request."
    )
    data_type = serializers.ChoiceField(
        DATASET_TO_WORKFLOWRUN_TYPES, required=False, help_text="Required with a workflowrun."
    )
    is_raw = serializers.BooleanField(required=False)
    datafiles = DataFileSerializer(many=True, required=False)


@extend_schema_serializer(component_name="RegisterCollection")
class CollectionSerializer(serializers.Serializer):
    """A collection: ``id`` is a label of this request, or the registry's id with ``new`` false."""

    id = serializers.CharField(max_length=255)
    name = serializers.CharField(max_length=255, required=False, help_text="Required for a new collection.")
    description = serializers.CharField(required=False, allow_blank=True)
    is_raw = serializers.BooleanField(required=False)
    new = serializers.BooleanField(required=False)


@extend_schema_serializer(component_name="RegisterParameter")
class ParameterSerializer(serializers.Serializer):
    """A named value of any JSON type."""

    name = serializers.CharField(max_length=255)
    value = serializers.JSONField(required=False, allow_null=True)


@extend_schema_serializer(component_name="RegisterStep")
class StepSerializer(serializers.Serializer):
    """A step of the workflow; ``parent`` is the key of the step that holds a subworkflow."""

    key = serializers.CharField(max_length=255, required=False, help_text="The name, if it is left out.")
    name = serializers.CharField(max_length=255)
    position = serializers.IntegerField(min_value=0, required=False)
    parent = serializers.CharField(max_length=255, required=False)
    tool_id = serializers.CharField(max_length=500, required=False)
    tool_name = serializers.CharField(max_length=255, required=False)
    tool_version = serializers.CharField(max_length=100, required=False)
    container_image = serializers.CharField(max_length=500, required=False)
    status = serializers.ChoiceField(WorkflowRun.STATUS_CHOICES, required=False)
    message = serializers.CharField(required=False, allow_blank=True)


@extend_schema_serializer(component_name="RegisterJobFile")
class JobFileSerializer(serializers.Serializer):
    """A file of the run that a job used or made, by its path; of datasets that were there, by its content."""

    path = serializers.CharField(max_length=1024)
    role = serializers.ChoiceField(FILE_ROLES)
    sha256 = serializers.CharField(
        max_length=64,
        required=False,
        help_text="For a file of an existing dataset, which may have another path.",
    )


@extend_schema_serializer(component_name="RegisterJob")
class JobSerializer(serializers.Serializer):
    """One execution of a step; ``step`` is the key of a step."""

    name = serializers.CharField(max_length=255)
    step = serializers.CharField(max_length=255, required=False)
    attempt = serializers.IntegerField(min_value=1, required=False)
    status = serializers.ChoiceField(WorkflowRun.STATUS_CHOICES, required=False)
    started_at = serializers.DateTimeField(required=False)
    completed_at = serializers.DateTimeField(required=False)
    command_line = serializers.CharField(required=False, allow_blank=True)
    exit_code = serializers.IntegerField(required=False, min_value=-(2**31), max_value=2**31 - 1)
    host = serializers.CharField(max_length=255, required=False)
    stdout = serializers.CharField(required=False, allow_blank=True)
    stderr = serializers.CharField(required=False, allow_blank=True)
    container_image = serializers.CharField(max_length=500, required=False)
    external_id = serializers.CharField(max_length=255, required=False)
    resources = serializers.DictField(required=False)
    parameters = serializers.DictField(required=False)
    environment = serializers.DictField(required=False)
    requested = serializers.DictField(required=False, help_text="What was asked for, named like `resources`.")
    scheduler = serializers.DictField(required=False, help_text="kind, job_id, partition, account")
    node = serializers.CharField(max_length=255, required=False)
    source_status = serializers.CharField(max_length=60, required=False)
    files = JobFileSerializer(many=True, required=False)
    message = serializers.CharField(required=False, allow_blank=True)
    after = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="External ids of jobs whose results it used."
    )


@extend_schema_serializer(component_name="RegisterWorkflowRun")
class WorkflowRunSerializer(serializers.Serializer):
    """A run: new with ``workflowversion``, or existing by ``id``; parameters, steps and jobs are welcome."""

    id = serializers.UUIDField(required=False, help_text="For an existing run.")
    name = serializers.CharField(max_length=255, required=False)
    description = serializers.CharField(required=False, allow_blank=True)
    new = serializers.BooleanField(required=False, help_text="True for a new run.")
    workflowversion = serializers.UUIDField(
        required=False, allow_null=True, help_text="Required for a new run; null where none is known."
    )
    run_command = serializers.CharField(required=False, allow_blank=True)
    run_environment = serializers.JSONField(
        required=False, allow_null=True, help_text="A text, or any JSON value."
    )
    started_at = serializers.DateTimeField(required=False)
    completed_at = serializers.DateTimeField(required=False)
    status = serializers.ChoiceField(WorkflowRun.STATUS_CHOICES, required=False)
    status_basis = serializers.ChoiceField([one.value for one in StatusBasis], required=False)
    message = serializers.CharField(required=False, allow_blank=True)
    source = serializers.CharField(
        max_length=60, required=False, help_text="Engine or system that it comes from."
    )
    source_url = serializers.CharField(max_length=2000, required=False)
    external_id = serializers.CharField(
        max_length=255, required=False, help_text="Its id there; once per group."
    )
    parameters = ParameterSerializer(many=True, required=False)
    steps = StepSerializer(many=True, required=False)
    jobs = JobSerializer(many=True, required=False)


class DataRegisterSerializer(serializers.Serializer):
    """A registration."""

    input_dir = serializers.CharField(
        max_length=4096, required=False, help_text="A directory in one's own dropbox."
    )
    owned_by = serializers.CharField(
        max_length=255, required=False, help_text="Id or name of the owning group."
    )
    public = serializers.BooleanField(required=False)
    transfer = serializers.ChoiceField(
        ["copy", "move", "reference"],
        required=False,
        default="copy",
        help_text="Copy the files into the storage, move them, or register them where they lie.",
    )
    workflowrun = WorkflowRunSerializer(required=False)
    collections = CollectionSerializer(many=True, required=False)
    datasets = DatasetSerializer(many=True, required=False)


class MadeFileSerializer(serializers.Serializer):
    """A file that was registered."""

    id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()
    uri = serializers.CharField()


class MadeDatasetSerializer(serializers.Serializer):
    """A dataset of the request with the registry's id; ``label`` is what the request called it."""

    id = serializers.UUIDField(allow_null=True)
    label = serializers.CharField(allow_blank=True)
    name = serializers.CharField(allow_blank=True)
    new = serializers.BooleanField()
    data_type = serializers.CharField(allow_null=True)
    datafiles = MadeFileSerializer(many=True)


class MadeCollectionSerializer(serializers.Serializer):
    """A collection of the request with the registry's id."""

    id = serializers.UUIDField(allow_null=True)
    label = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    new = serializers.BooleanField()


class MadeRunSerializer(serializers.Serializer):
    """The run of the request with the registry's id."""

    id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()
    new = serializers.BooleanField()


class RegistrationSerializer(serializers.Serializer):
    """What a registration made; ids are null in a dry run."""

    dry_run = serializers.BooleanField()
    workflowrun = MadeRunSerializer(allow_null=True)
    collections = MadeCollectionSerializer(many=True)
    datasets = MadeDatasetSerializer(many=True)
    transfer = FileTransferSerializer(allow_null=True)
    warnings = serializers.ListField(child=serializers.CharField())
