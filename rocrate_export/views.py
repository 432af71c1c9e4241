"""Crates of runs and of workflow versions over HTTP: the same doors for both."""

from rocrate_export import descriptions
from rocrate_export.serving import CrateView, MetadataView, OriginalsView, OriginalView, ValidationView
from rocrate_export.subjects import RunSubject, VersionSubject


@descriptions.of_crate("run")
class RunCrateView(CrateView):
    """The archive of a run."""

    subject_type = RunSubject


@descriptions.of_crate("version")
class VersionCrateView(CrateView):
    """The archive of a version."""

    subject_type = VersionSubject


@descriptions.of_metadata("run")
class RunMetadataView(MetadataView):
    """The metadata of a run's crate."""

    subject_type = RunSubject


@descriptions.of_metadata("version")
class VersionMetadataView(MetadataView):
    """The metadata of a version's crate."""

    subject_type = VersionSubject


@descriptions.of_validation("run")
class RunValidationView(ValidationView):
    """The report on a run's crate."""

    subject_type = RunSubject


@descriptions.of_validation("version")
class VersionValidationView(ValidationView):
    """The report on a version's crate."""

    subject_type = VersionSubject


@descriptions.of_originals("run")
class RunOriginalsView(OriginalsView):
    """The archives that were given for a run."""

    subject_type = RunSubject


@descriptions.of_originals("version")
class VersionOriginalsView(OriginalsView):
    """The archives that were given for a version."""

    subject_type = VersionSubject


@descriptions.of_original("run")
class RunOriginalView(OriginalView):
    """An archive that was given for a run."""

    subject_type = RunSubject


@descriptions.of_original("version")
class VersionOriginalView(OriginalView):
    """An archive that was given for a version."""

    subject_type = VersionSubject
