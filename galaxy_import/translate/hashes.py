"""What Galaxy knows of a dataset's content: its hashes, and its format as a media type."""

from galaxy_import.answers import Json
from galaxy_import.translate.reading import objects, text

_LENGTHS = {"MD5": 32, "SHA-1": 40, "SHA-256": 64, "SHA-512": 128}
_DIGITS = frozenset("0123456789abcdef")
_MEDIA_TYPES = {
    "txt": "text/plain",
    "tabular": "text/tab-separated-values",
    "tsv": "text/tab-separated-values",
    "bed": "text/tab-separated-values",
    "interval": "text/tab-separated-values",
    "vcf": "text/tab-separated-values",
    "gff": "text/tab-separated-values",
    "gff3": "text/tab-separated-values",
    "gtf": "text/tab-separated-values",
    "sam": "text/tab-separated-values",
    "csv": "text/csv",
    "fasta": "text/plain",
    "fastq": "text/plain",
    "fastqsanger": "text/plain",
    "html": "text/html",
    "json": "application/json",
    "expression.json": "application/json",
    "xml": "application/xml",
    "yaml": "application/yaml",
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "svg": "image/svg+xml",
    "tiff": "image/tiff",
    "zip": "application/zip",
    "tar": "application/x-tar",
    "h5": "application/x-hdf5",
}


def hashes_of(dataset: Json | None) -> dict[str, str]:
    """The hashes of the dataset's own content by Galaxy's names; those of its extra files are left out."""
    found: dict[str, str] = {}
    for one in objects(dataset, "hashes"):
        name, value = text(one, "hash_function").upper(), text(one, "hash_value").lower()
        if (
            not one.get("extra_files_path")
            and len(value) == _LENGTHS.get(name, -1)
            and _DIGITS.issuperset(value)
        ):
            found[name] = value
    return found


def mime_type_of(extension: str) -> str:
    """The media type of a format of Galaxy's; empty where there is no common one."""
    if extension.endswith(".gz"):
        return "application/gzip"
    return _MEDIA_TYPES.get(extension, "")
