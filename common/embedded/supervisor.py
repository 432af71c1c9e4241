"""Keeps a handful of programs running, and ends them together."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from common.embedded.processes import send_to_group, start

GRACE_SECONDS = 2.5  # what is not over by then is killed; a busy machine needs the rest of five seconds
SLOWEST_RESTART_SECONDS = 30.0
MOST_FAILED_STARTS = 4
HEALTHY_AFTER_SECONDS = 30.0
LOOK_EVERY_SECONDS = 0.1


class Stopped(Exception):
    """Somebody asked us to end: Ctrl-C, or a signal from the system."""


class WillNotStart(Exception):
    """A program ends again and again before it has ever worked."""


@dataclass
class Program:
    """One program: what it is called, how it is started, and how it has done so far."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    directory: Path
    once: bool = False  # runs to its end and is not started again
    ends_last: bool = False  # the others need it until they have ended
    hushed: bool = False  # what it prints is dropped; its errors are shown
    process: subprocess.Popen[Any] | None = None
    failures: int = 0
    started_at: float = 0.0
    start_again_at: float = 0.0

    def start(self) -> None:
        """Start it now."""
        self.process = start(self.command, self.environment, self.directory, hushed=self.hushed)
        self.started_at = time.monotonic()

    @property
    def running(self) -> bool:
        """True from its start until it has ended."""
        return self.process is not None and self.process.poll() is None

    @property
    def ended_with(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs or before it started."""
        return self.process.poll() if self.process else None

    def signal(self, number: int) -> None:
        """Send a signal to the program; SIGKILL goes to all that it started as well."""
        if self.process is None:
            return
        if number == signal.SIGKILL:
            send_to_group(self.process.pid, number)
        elif self.running:
            os.kill(self.process.pid, number)


@dataclass
class Supervisor:
    """Starts programs, starts them again when they crash, ends all of them at the end of its `with` block.

    ``say`` gets one line per event; ``noted`` is called with name and process id of all that run whenever
    that changes. Inside the block SIGINT, SIGTERM and SIGHUP raise `Stopped` out of `watch_until`.
    """

    say: Callable[[str], None]
    noted: Callable[[dict[str, int]], None] = lambda children: None
    programs: list[Program] = field(default_factory=list)
    _starting: bool = True
    _asked_to_stop: int = 0
    _earlier_handlers: dict[int, Any] = field(default_factory=dict)

    def __enter__(self) -> "Supervisor":
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._earlier_handlers[number] = signal.signal(number, self._note_signal)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        for number, handler in self._earlier_handlers.items():
            signal.signal(number, handler)

    def start(self, *programs: Program) -> None:
        """Start these; they are looked after from now on."""
        for program in programs:
            program.start()
            self.programs.append(program)
        self._note()

    def watch_until(self, reached: Callable[[], bool], *, seconds: float | None = None) -> bool:
        """Look after the programs until ``reached()``, at most so many seconds; says whether it was reached.

        Raises `Stopped` when we are asked to end, `WillNotStart` when a program fails time after time.
        """
        deadline = time.monotonic() + seconds if seconds is not None else float("inf")
        while not reached():
            if time.monotonic() > deadline:
                return False
            self._pause()
            self._tend()
        return True

    def watch(self) -> None:
        """All is well: look after the programs until we are asked to end, however often they crash."""
        self._starting = False
        self.watch_until(lambda: False)

    def stop(self) -> None:
        """End all. What takes longer than the grace period, or than a second Ctrl-C, is killed."""
        deadline = time.monotonic() + GRACE_SECONDS
        for last in (False, True):
            wave = [program for program in self.programs if program.ends_last is last]
            _end(wave, deadline, lambda: self._asked_to_stop > 1)
        self.programs.clear()
        self._note()

    def _note_signal(self, number: int, frame: object) -> None:
        self._asked_to_stop += 1

    def _note(self) -> None:
        self.noted({each.name: each.process.pid for each in self.programs if each.process and each.running})

    def _pause(self) -> None:
        if not self._asked_to_stop:
            time.sleep(LOOK_EVERY_SECONDS)
        if self._asked_to_stop:
            raise Stopped

    def _tend(self) -> None:
        now = time.monotonic()
        for program in self.programs:
            if program.running:
                if now - program.started_at > HEALTHY_AFTER_SECONDS:
                    program.failures = 0
            elif program.once:
                continue
            elif not program.start_again_at:
                self._put_off(program, now)
            elif now >= program.start_again_at:
                program.start_again_at = 0.0
                program.start()
                self._note()

    def _put_off(self, program: Program, now: float) -> None:
        """A program has ended by itself: clear away what it started, and try again a little later."""
        program.signal(signal.SIGKILL)
        if self._starting and program.failures >= MOST_FAILED_STARTS:
            raise WillNotStart(f"{program.name} does not start: it ended {_reason(program.ended_with)}.")
        wait = min(0.5 * 2**program.failures, SLOWEST_RESTART_SECONDS)
        program.failures += 1
        program.start_again_at = now + wait
        self.say(f"{program.name} ended {_reason(program.ended_with)}; it starts again in {wait:g} s")


def _end(programs: Sequence[Program], deadline: float, in_a_hurry: Callable[[], bool]) -> None:
    for program in programs:
        program.signal(signal.SIGTERM)
    while any(each.running for each in programs) and time.monotonic() < deadline and not in_a_hurry():
        time.sleep(0.02)
    for program in programs:
        program.signal(signal.SIGKILL)
        if program.process:
            program.process.wait()


def _reason(code: int | None) -> str:
    if code is not None and code < 0:
        return f"by signal {signal.Signals(-code).name}"
    return f"with code {code}"
