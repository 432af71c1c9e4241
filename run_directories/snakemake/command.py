"""What a command line of Snakemake asked for: targets, configuration, Snakefile.

The log holds the command's words joined by blanks, without the quotes, so a value with a blank in it is not seen
as one. Only options whose shape is known are read.
"""

from dataclasses import dataclass, field

# Options that take one value; all that are not named here and in _MANY are taken for switches.
_ONE = frozenset(
    {
        "-s", "--snakefile", "-c", "--cores", "-j", "--jobs", "--local-cores", "-d", "--directory", "--profile",
        "--workflow-profile", "--executor", "-e", "--retries", "-T", "--restart-times", "--latency-wait", "-w",
        "--output-wait", "--max-jobs-per-second", "--max-status-checks-per-second", "--conda-prefix",
        "--conda-frontend", "--apptainer-prefix", "--singularity-prefix", "--apptainer-args", "--singularity-args",
        "--default-storage-provider", "--default-storage-prefix", "--local-storage-prefix", "--shadow-prefix",
        "--scheduler", "--seconds-between-status-checks", "--cluster", "--cluster-sync", "--drmaa",
        "--cluster-config", "--cluster-status", "--cluster-cancel", "--jobscript", "--jobname", "--jn", "--logger",
        "--persistence-backend", "--group-components", "--max-inventory-time", "--max-threads",
        "--max-checksum-file-size", "--batch", "--report", "--precommand", "--runtime-source-cache-path",
    }
)  # fmt: skip
_MANY = frozenset(
    {
        "--config", "-C", "--configfile", "--configfiles", "--resources", "--res", "--default-resources",
        "--default-res", "--set-threads", "--set-scatter", "--set-resources", "--set-resource-scopes", "--until",
        "-U", "--omit-from", "-O", "--forcerun", "-R", "--allowed-rules", "--target-jobs",
        "--software-deployment-method", "--deployment-method", "--deployment", "--sdm", "--rerun-triggers",
        "--groups", "--envvars", "--quiet", "-q", "--consider-ancient", "--shared-fs-usage",
    }
)  # fmt: skip


@dataclass(slots=True)
class Command:
    """What was asked for. ``config`` are the values given on the line, as they were written."""

    line: str
    targets: list[str] = field(default_factory=list)
    config: dict[str, str] = field(default_factory=dict)
    configfiles: list[str] = field(default_factory=list)
    snakefile: str = ""


def read_command(line: str) -> Command:
    """Take a command line apart."""
    found = Command(line)
    words = line.split()
    words = words[_program_ends(words) :]
    while words:
        words = _take(found, words)
    return found


def _program_ends(words: list[str]) -> int:
    """Behind ``snakemake``, or ``python -m snakemake``."""
    for place, word in enumerate(words):
        if word.rpartition("/")[2] in ("snakemake", "snakemake.exe", "__main__.py"):
            return place + 1
    return len(words)


def _take(found: Command, words: list[str]) -> list[str]:
    """Read the first of the words with its values, and give back the others."""
    first, rest = words[0], words[1:]
    if first == "--":
        found.targets += rest
        return []
    if not first.startswith("-"):
        found.targets.append(first)
        return rest
    name, equals, value = first.partition("=")
    if equals and first.startswith("--"):
        _keep(found, name, [value])
        return rest
    count = _values(name, rest)
    _keep(found, name, rest[:count])
    return rest[count:]


def _values(name: str, rest: list[str]) -> int:
    """How many of the words that follow belong to the option."""
    following = next((n for n, word in enumerate(rest) if word.startswith("-")), len(rest))
    if name in ("--config", "-C"):
        return next((n for n, word in enumerate(rest[:following]) if "=" not in word), following)
    if name in _MANY:
        return following
    return min(1, following) if name in _ONE else 0


def _keep(found: Command, name: str, values: list[str]) -> None:
    if name in ("--config", "-C"):
        found.config |= {key: value for key, _, value in (word.partition("=") for word in values)}
    elif name in ("--configfile", "--configfiles"):
        found.configfiles += values
    elif name in ("--snakefile", "-s"):
        found.snakefile = " ".join(values)
    elif name.startswith("-s") and not name.startswith("--"):
        found.snakefile = name[2:]
