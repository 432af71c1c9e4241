"""What a file is to a version: the words for it, and what its name suggests."""

from fnmatch import fnmatch

from workflows.records import FileType

TYPE_NAMES: dict[str, str] = {
    FileType.MAIN: "Main file",
    FileType.CONFIG: "Configuration",
    FileType.PARAMETER: "Parameters",
    FileType.README: "README",
    FileType.LICENSE: "Licence",
    FileType.TEST: "Test",
    FileType.OTHER: "Other",
}
MAINS = ("snakefile", "main.nf", "main.wdl", "main.cwl", "workflow.cwl", "*.ga", "*.gxwf.yml", "reana.yaml")
BY_NAME = (
    ("readme*", FileType.README),
    ("licen[cs]e*", FileType.LICENSE),
    ("copying*", FileType.LICENSE),
    ("nextflow.config", FileType.CONFIG),
    ("config.y*ml", FileType.CONFIG),
)


def suggested_type(path: str, *, has_main: bool) -> FileType:
    """The type that the name of a file suggests; it is no main file where there is one already."""
    name = path.rpartition("/")[2].lower()
    if not has_main and any(fnmatch(name, one) for one in MAINS):
        return FileType.MAIN
    return next((kind for pattern, kind in BY_NAME if fnmatch(name, pattern)), FileType.OTHER)
