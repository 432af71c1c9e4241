"""What the lab keeps of fetched runs, made anew: the sources read the recordings of their own tests.

``python -m tests.example_lab.fetched`` writes it into the material.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import responses

from example_lab.told import to_plain, told_by
from run_sources.healthomics.client import OmicsClient
from run_sources.healthomics.sessions import Clients
from run_sources.healthomics.source import HealthOmicsSource
from run_sources.reana import ReanaSource
from run_sources.seam import Access
from tests.run_sources.healthomics.test_definition import README, ZIP
from tests.run_sources.healthomics.wire import BASE, CREDENTIALS, Wire, recorded
from tests.run_sources.reana.replay import TOKEN, Replay
from tests.run_sources.torc.recorded import NEW, new_source
from tests.run_sources.wes.recorded import recording, server_of, source_for

# What the workflow of the recorded answers may have looked like: AWS gave links, which nobody followed.
PIPELINE = """\
params.reads = null
params.genome = null
params.min_length = 36
params.skip_qc = false

process QUANT {
    container 'quay.io/biocontainers/salmon:1.10.3'
    cpus 4
    memory '16 GB'

    input:
    tuple val(sample), path(reads)

    output:
    path "${sample}.quant"

    script:
    "salmon quant --index ${params.genome} --libType A --reads ${reads} --output ${sample}.quant"
}

workflow RNASEQ {
    QUANT(Channel.fromPath(params.reads).map { [it.simpleName, it] })
}
"""
ABOUT = """\
# rnaseq-mini

Counts the transcripts of each sample with [salmon](https://combine-lab.github.io/salmon/).

| Parameter | |
|---|---|
| `reads` | FASTQ pair(s) |
| `genome` | the reference; may be left out |
"""


def fetched(file: str) -> Any:
    """One recorded run as the material has it, by the name of its file."""
    source, _, name = file.partition("-")
    return MAKERS[source](name)


def _reana(name: str) -> Any:
    with Replay() as server:
        source = ReanaSource(Access(server.url, {"token": TOKEN}, allow_private=True))
        plain = to_plain(told_by(source.fetch(name)))
        source.close()
        return _elsewhere(plain, server.url, "https://reana.example.org")


def _torc(name: str) -> Any:
    return to_plain(told_by(new_source().fetch(f"{NEW}#{name.replace('-', '/')}")))


def _wes(name: str) -> Any:
    server, _, run = name.partition("-")
    with server_of(f"{server}-9.6") as double:
        source = source_for(double)
        plain = to_plain(told_by(source.fetch(recording(f"{server}-9.6")["runs"][run])))
        source.close()
        return _elsewhere(plain, double.url, "https://wes.example.org")


def _healthomics(number: str) -> Any:
    archive = _packed(PIPELINE)
    digest = {"digest": f"sha256:{hashlib.sha256(archive).hexdigest()}"}
    with _aws(number, digest), responses.RequestsMock() as s3:
        s3.get(ZIP, archive)
        s3.get(README, ABOUT)
        access = Access(BASE, CREDENTIALS)
        return to_plain(told_by(HealthOmicsSource(access, OmicsClient(access)).fetch(number)))


@contextmanager
def _aws(number: str, digest: dict[str, str]) -> Iterator[None]:
    """What AWS answers, below the real boto3; the digest is that of the archive."""
    wire, made = Wire(), Clients.of
    ok, listed = number == "1", recorded("list_run_tasks_1_p1")["items"]
    wire.has_run(recorded(f"get_run_{number}") | digest, listed if ok else [recorded("get_run_task_failed")])
    if not ok:
        wire.answers["/run/2/task/2003"] = recorded("get_run_task_failed")
    wire.answers["/workflow/1234567"] = recorded("get_workflow") | digest
    links = {"definition": ZIP, "readme": README}
    wire.answers["/workflow/1234567/version/1.2.0"] = recorded("get_workflow_version") | digest | links

    def of(self: Clients, service: str, session: Any = None) -> Any:
        client = made(self, service, session)
        client.meta.events.register("before-send", wire)
        return client

    with patch.object(Clients, "of", of):
        yield


def _packed(text: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo("main.nf"), text)
    return held.getvalue()


def _elsewhere(plain: Any, here: str, there: str) -> Any:
    """The same with another address than that of a server of tests, whose port is another one each time."""
    text = json.dumps(plain).replace(here, there)
    return json.loads(text.replace(urlsplit(here).netloc, urlsplit(there).netloc))


MAKERS = {"reana": _reana, "torc": _torc, "wes": _wes, "healthomics": _healthomics}


def write_all() -> None:
    """Write the material anew."""
    from example_lab.fetched import FETCHED, IMPORTED

    FETCHED.mkdir(exist_ok=True)
    for file in IMPORTED:
        text = json.dumps(fetched(file), indent=1, ensure_ascii=False)
        (FETCHED / f"{file}.json").write_text(text + "\n")


if __name__ == "__main__":
    import django

    django.setup()
    write_all()
