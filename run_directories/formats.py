"""What a file is by its name: its format in a word, and its media type. No file is opened."""

import mimetypes

PACKED = {".gz", ".bgz", ".bz2", ".xz", ".zst", ".lz4", ".Z"}
# Where the word is not the suffix itself. The formats of the life sciences have no media type of their own.
FORMATS = {
    "fq": "fastq", "fa": "fasta", "fna": "fasta", "faa": "fasta", "ffn": "fasta", "fas": "fasta", "jpeg": "jpg",
    "yml": "yaml", "htm": "html", "gff3": "gff", "tif": "tiff", "txt": "txt", "text": "txt", "log": "txt",
    "out": "txt", "err": "txt", "smk": "snakemake", "nf": "nextflow", "bw": "bigwig", "bb": "bigbed",
    "h5": "hdf5", "mzml": "mzml", "markdown": "md", "gb": "genbank", "gbk": "genbank", "nwk": "newick",
}  # fmt: skip
BY_NAME = {"snakefile": "snakemake", "dockerfile": "dockerfile", "makefile": "makefile"}
MIME_TYPES = {
    "fastq": "text/plain", "fasta": "text/plain", "sam": "text/plain", "vcf": "text/plain", "bed": "text/plain",
    "gff": "text/plain", "gtf": "text/plain", "tsv": "text/tab-separated-values", "csv": "text/csv",
    "yaml": "application/yaml", "md": "text/markdown", "cwl": "text/plain", "snakemake": "text/plain",
    "nextflow": "text/plain", "txt": "text/plain", "r": "text/plain", "rmd": "text/markdown",
    "bam": "application/octet-stream", "cram": "application/octet-stream", "parquet": "application/octet-stream",
    "toml": "application/toml", "ipynb": "application/json", "jsonl": "application/jsonl",
}  # fmt: skip
PACKED_TYPES = {
    ".gz": "application/gzip", ".bgz": "application/gzip", ".bz2": "application/x-bzip2", ".xz": "application/x-xz",
    ".zst": "application/zstd", ".lz4": "application/x-lz4", ".Z": "application/x-compress",
}  # fmt: skip
LONGEST = 60

# The lists of the machine would tell another story on another machine.
_types = mimetypes.MimeTypes()


def format_of(name: str) -> str:
    """The format of a file of this name: ``fastq`` for ``a_R1.fastq.gz``, empty where the name says nothing."""
    base = name.rpartition("/")[2]
    if found := BY_NAME.get(base.lower()):
        return found
    stem, packing = _unpacked(base)
    suffix = _suffix(stem)
    if not suffix:
        return packing[1:].lower()
    return FORMATS.get(suffix, suffix)


def mime_type_of(name: str) -> str:
    """The media type of a file of this name, empty where nobody knows one. What is packed has its packing's."""
    stem, packing = _unpacked(name.rpartition("/")[2])
    if packing:
        return PACKED_TYPES[packing]
    return MIME_TYPES.get(format_of(stem)) or _types.guess_type(f"x{stem[stem.rfind('.') :]}")[0] or ""


def stem_of(name: str) -> str:
    """The name without its format and packing: ``a_R1`` of ``a_R1.fastq.gz``."""
    stem, _ = _unpacked(name.rpartition("/")[2])
    suffix = _suffix(stem)
    return stem[: -len(suffix) - 1] if suffix else stem


def _unpacked(base: str) -> tuple[str, str]:
    """The name without its packing, and the packing with its dot."""
    stem, dot, last = base.rpartition(".")
    packing = dot + last
    return (stem, packing) if stem and packing in PACKED else (base, "")


def _suffix(stem: str) -> str:
    before, _, suffix = stem.rpartition(".")
    fits = before.strip(".") and suffix.isascii() and suffix.isalnum() and not suffix.isdigit()
    return suffix.lower() if fits and len(suffix) <= LONGEST else ""
