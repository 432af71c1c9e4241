"""A logger plugin of Snakemake that registers each run with Runstead. It writes no log."""

from dataclasses import dataclass, field
from logging import LogRecord

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent
from snakemake_interface_logger_plugins.settings import LogHandlerSettingsBase

from snakemake_logger_plugin_runstead.registering import Registrar


@dataclass
class LogHandlerSettings(LogHandlerSettingsBase):
    """The options ``--logger-runstead-…``."""

    command: str = field(
        default="runstead", metadata={"help": "How runstead is called.", "env_var": False, "required": False}
    )
    options: str = field(
        default="",
        metadata={
            "help": "Further options of `runstead register wfrun`.",
            "env_var": False,
            "required": False,
        },
    )
    patience: int = field(
        default=3600,
        metadata={
            "help": "Seconds after which a registration is given up.",
            "env_var": False,
            "required": False,
        },
    )


class LogHandler(LogHandlerBase):
    """Listens for the beginning of the jobs, and for Snakemake's last word.

    Snakemake calls ``emit`` in a thread of its own, so that the jobs need not wait for a registration.
    """

    def __post_init__(self) -> None:
        given = self.settings if isinstance(self.settings, LogHandlerSettings) else LogHandlerSettings()
        self._registrar = Registrar(given.command, given.options, given.patience)

    def emit(self, record: LogRecord) -> None:
        """The statistics of the jobs are told once, just before the first one, and only if there are any."""
        if getattr(record, "event", None) == LogEvent.RUN_INFO and not self.common_settings.dryrun:
            self._registrar.begin()

    def close(self) -> None:
        """All was logged: the log of the run is whole."""
        self._registrar.end()
        super().close()

    @property
    def writes_to_stream(self) -> bool:
        """Snakemake's own output stays."""
        return False

    @property
    def writes_to_file(self) -> bool:
        """It writes none."""
        return False

    @property
    def has_filter(self) -> bool:
        """Without one, Snakemake would keep the statistics from it when told to be quiet."""
        return True

    @property
    def has_formatter(self) -> bool:
        """There is nothing to format."""
        return True

    @property
    def needs_rulegraph(self) -> bool:
        """It is read from the run's directory."""
        return False
