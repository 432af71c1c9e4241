"""The answers as the schema tells them; they are made as plain values and rendered straight away."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from data_management.models import STATUS_CHOICES as FILE_STATUSES
from provenance.ties import FILES_TOLD
from workflows.models.runs import DATASET_TO_WORKFLOWRUN_TYPES, STATUS_CHOICES

NODE_KINDS = [(kind, kind) for kind in ("run", "dataset", "datafile")]
EDGE_KINDS = [(kind, kind) for kind in ("used", "made", "same")]
ANY: dict[str, Any] = {"description": "Any JSON value."}
FLAGS = "For each run, in the order of `runs`."


class WorkflowInShortSerializer(serializers.Serializer):
    """What a run is of."""

    workflow_id = serializers.UUIDField()
    workflow = serializers.CharField()
    engine = serializers.CharField()
    version_id = serializers.UUIDField()
    version = serializers.CharField()


class RunInShortSerializer(serializers.Serializer):
    """A run, in short."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    status = serializers.ChoiceField(STATUS_CHOICES)
    started_at = serializers.DateTimeField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)
    duration = serializers.FloatField(allow_null=True)
    source = serializers.CharField(allow_blank=True)
    workflow = WorkflowInShortSerializer(allow_null=True)


# --- whence ---------------------------------------------------------------------------------------------------


class LinkedRunSerializer(RunInShortSerializer):
    """A run that made or used a dataset, and as what."""

    data_type = serializers.ChoiceField(DATASET_TO_WORKFLOWRUN_TYPES)


class LinkedRunsSerializer(serializers.Serializer):
    """The newest runs; ``count`` says how many there are, ``hidden`` how many you may not see."""

    count = serializers.IntegerField()
    hidden = serializers.IntegerField()
    runs = LinkedRunSerializer(many=True)


class HoldingDatasetSerializer(serializers.Serializer):
    """The dataset of a file."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    group = serializers.CharField(allow_null=True)


class FoundFileSerializer(serializers.Serializer):
    """A file that is the data, with the runs that made and used its dataset."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    path = serializers.CharField(allow_blank=True)
    uri = serializers.CharField(allow_blank=True)
    format = serializers.CharField(allow_blank=True)
    size = serializers.IntegerField(allow_null=True)
    sha256 = serializers.CharField(allow_blank=True)
    md5sum = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(FILE_STATUSES)
    created = serializers.DateTimeField()
    dataset = HoldingDatasetSerializer()
    made_by = LinkedRunsSerializer()
    used_by = LinkedRunsSerializer()


class WhenceSerializer(serializers.Serializer):
    """What is known of some data."""

    count = serializers.IntegerField(help_text="Files that you may see; up to 10,000 are counted.")
    hidden = serializers.IntegerField(help_text="Files that you may not see.")
    message = serializers.CharField(allow_blank=True, help_text="Why there is nothing, in a sentence.")
    results = FoundFileSerializer(many=True)


# --- lineage --------------------------------------------------------------------------------------------------


class NodeSerializer(serializers.Serializer):
    """A run, a dataset, or the file of the start. Fields of one kind are missing at the others.

    ``steps_…`` is the number of runs between the start and this node, null where it was not reached that way.
    ``more_…`` are the neighbours that you may see and that are not on this page: ask for the lineage of this node to
    have them. ``hidden_…`` are those that you may not see. Both are null where that direction was not asked for.
    """

    kind = serializers.ChoiceField(NODE_KINDS)
    id = serializers.UUIDField()
    name = serializers.CharField()
    status = serializers.CharField()
    started_at = serializers.DateTimeField(allow_null=True, required=False)
    completed_at = serializers.DateTimeField(allow_null=True, required=False)
    duration = serializers.FloatField(allow_null=True, required=False)
    source = serializers.CharField(allow_blank=True, required=False)
    workflow = WorkflowInShortSerializer(allow_null=True, required=False)
    dataset_type = serializers.CharField(required=False)
    size = serializers.IntegerField(allow_null=True, required=False)
    file_count = serializers.IntegerField(required=False)
    dataset = serializers.UUIDField(required=False)
    sha256 = serializers.CharField(allow_blank=True, required=False)
    steps_up = serializers.IntegerField(allow_null=True)
    more_up = serializers.IntegerField(allow_null=True)
    hidden_up = serializers.IntegerField(allow_null=True)
    steps_down = serializers.IntegerField(allow_null=True)
    more_down = serializers.IntegerField(allow_null=True)
    hidden_down = serializers.IntegerField(allow_null=True)


class SharedFileSerializer(serializers.Serializer):
    """A content that two datasets hold, and the path or name of the file in each."""

    sha256 = serializers.CharField()
    source = serializers.CharField()
    target = serializers.CharField()


class EdgeSerializer(serializers.Serializer):
    """A link between two nodes, in the direction of the data.

    ``used``: from a dataset to a run; ``made``: from a run to a dataset; ``same``: a file of both has the same SHA-256.
    Only ``same`` tells ``files``, ``file_count`` and ``is_flow``.
    """

    source = serializers.UUIDField()
    target = serializers.UUIDField()
    kind = serializers.ChoiceField(EDGE_KINDS)
    data_type = serializers.ChoiceField(DATASET_TO_WORKFLOWRUN_TYPES, allow_null=True)
    files = SharedFileSerializer(
        many=True, required=False, help_text=f"The first {FILES_TOLD} files that are the same."
    )
    file_count = serializers.IntegerField(required=False, help_text="How many files are the same.")
    is_flow = serializers.BooleanField(
        required=False,
        help_text="False where the content did not come this way: the run that made it had taken the same content "
        "in, or began after the runs that used it.",
    )


class StartSerializer(serializers.Serializer):
    """What was asked about."""

    kind = serializers.ChoiceField(NODE_KINDS)
    id = serializers.UUIDField()
    name = serializers.CharField()


class LineageSerializer(serializers.Serializer):
    """A page of lineage, the nearest nodes first."""

    start = StartSerializer()
    is_whole = serializers.BooleanField(help_text="Nothing that you may see lies beyond this page.")
    counts_are_lower_bounds = serializers.BooleanField(help_text="There are more links than anybody read.")
    hidden_up = serializers.IntegerField(
        allow_null=True, help_text="Neighbours of the page that you may not see."
    )
    hidden_down = serializers.IntegerField(allow_null=True)
    nodes = NodeSerializer(many=True)
    edges = EdgeSerializer(many=True)


# --- compare --------------------------------------------------------------------------------------------------


class ComparedRunSerializer(RunInShortSerializer):
    """A run that is compared."""

    hidden_datasets = serializers.IntegerField(help_text="Datasets of the run that you may not see.")


@extend_schema_field(ANY)
class AnyField(serializers.JSONField):
    """Any JSON value."""


class LineSerializer(serializers.Serializer):
    """A name and what each run has under it."""

    name = serializers.CharField(allow_blank=True)
    is_same = serializers.BooleanField()
    is_set = serializers.ListField(child=serializers.BooleanField(), help_text=FLAGS)
    values = serializers.ListField(child=AnyField(allow_null=True), help_text=FLAGS)


class FileLineSerializer(serializers.Serializer):
    """A content, or a name under which the runs have different contents."""

    name = serializers.CharField()
    is_same = serializers.BooleanField()
    sha256 = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text=f"{FLAGS} Empty where the run has no such file, or where its checksum is not known.",
    )
    size = serializers.ListField(child=serializers.IntegerField(allow_null=True), help_text=FLAGS)
    names = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text=f"{FLAGS} What the file is called there; empty where the run has no such file.",
    )


class SectionSerializer(serializers.Serializer):
    """How many rows differ and how many do not; ``more`` rows were left out."""

    different = serializers.IntegerField()
    same = serializers.IntegerField()
    more = serializers.IntegerField()
    rows = LineSerializer(many=True)


class FileSectionSerializer(SectionSerializer):
    """The same, of files."""

    rows = FileLineSerializer(many=True)


class ComparisonSerializer(serializers.Serializer):
    """Runs beside each other."""

    runs = ComparedRunSerializer(many=True)
    files_are_whole = serializers.BooleanField(
        help_text="False where the runs have more files than are compared."
    )
    facts = SectionSerializer()
    workflow = SectionSerializer()
    parameters = SectionSerializer()
    environment = SectionSerializer()
    tools = SectionSerializer()
    containers = SectionSerializer()
    inputs = FileSectionSerializer()
    outputs = FileSectionSerializer()
