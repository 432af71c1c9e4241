"""What names say about files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from run_directories.formats import format_of, mime_type_of, stem_of


@pytest.mark.parametrize(
    ("name", "file_format", "mime_type", "stem"),
    [
        ("a_R1.fastq.gz", "fastq", "application/gzip", "a_R1"),
        ("x/a.fq", "fastq", "text/plain", "a"),
        ("a.bam", "bam", "application/octet-stream", "a"),
        ("a.vcf.bgz", "vcf", "application/gzip", "a"),
        ("genes.GFF3", "gff", "text/plain", "genes"),
        ("table.tsv", "tsv", "text/tab-separated-values", "table"),
        ("report.html", "html", "text/html", "report"),
        ("plot.png", "png", "image/png", "plot"),
        ("data.json", "json", "application/json", "data"),
        ("params.yml", "yaml", "application/yaml", "params"),
        ("x.tar.gz", "tar", "application/gzip", "x"),
        ("archive.gz", "gz", "application/gzip", "archive"),
        ("Snakefile", "snakemake", "text/plain", "Snakefile"),
        ("README", "", "", "README"),
        (".hidden", "", "", ".hidden"),
        ("sample.1", "", "", "sample.1"),
        ("a.b c", "", "", "a.b c"),
        (".gz", "", "", ".gz"),
    ],
)
def test_a_name_tells_format_and_media_type(name, file_format, mime_type, stem):
    assert (format_of(name), mime_type_of(name), stem_of(name)) == (file_format, mime_type, stem)


@given(st.text(max_size=300))
def test_any_name_has_a_format_that_the_registry_takes(name):
    assert len(format_of(name)) <= 60
    assert len(mime_type_of(name)) <= 255
