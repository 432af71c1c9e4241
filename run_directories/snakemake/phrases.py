"""What the engine says in its log, in the words of Snakemake 7, 8 and 9."""

import re

STAMP = re.compile(r" *\[\w{3} (\w{3}) ([ \d]\d) (\d\d):(\d\d):(\d\d) (\d{4})\]")
BLOCK = re.compile(r" *(?:local)?(rule|checkpoint) (\S+):$")
TOLD = re.compile(r" *Job (\d+): (.*)$")
FIELD = re.compile(r" {4,}([\w-]+): ?(.*)$")
FINISHED = re.compile(r" *Finished job(?:id: | )(\d+)(?: \(Rule: (\S+)\)|\.)$")
ERROR = re.compile(r" *Error in (?:rule|checkpoint|group) (\S+):$")
EXIT = re.compile(r"returned non-zero exit status (\d+)|died with <Signals\.\w+: (\d+)>")
PROGRESS = re.compile(r"(\d+) of (\d+) steps \(\S+\) done$")
HEADER = re.compile(r"  ([A-Z][\w() ]+): (.*)$")
PLANNED = re.compile(r"(\S+) +(\d+)(?: +\d+)*$")
PROBLEM = re.compile(r"(?:[A-Z]\w*(?:Error|Exception))(?: in .*|:.*)?$|Error: .*")
SUBMITTED = re.compile(
    r"(?:Submitted (?:\w+ )?job|Job) (\d+) (?:has been submitted )?with (?:external|SLURM) jobid '?([^' ]+)'?"
)
ELAPSED = re.compile(r"Elapsed time: (?:(\d+) days?, )?(\d+):(\d+):([\d.]+)$")
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
FIELDS = frozenset(
    {"input", "output", "log", "jobid", "benchmark", "reason", "wildcards", "threads", "resources"}
)
LAST = "(check log file(s) for error details)"
COMMAND_ENDS = ("(command exited with", "(one of the commands exited with")
# What the engine says between the blocks, and what may follow a shell command without being part of it.
TALK = (
    "Select jobs to execute", "Execute ", "DAG of jobs will be", "Updating checkpoint", "Removing ",
    "Trying to restart", "Will exit after", "Shutting down", "Terminating processes", "Complete log",
    "Elapsed time", "Exiting because", "RuleException", "WorkflowError", "Waiting ", "Activating ",
    "Touching output", "Write-protecting",
)  # fmt: skip
LONGEST = 100_000  # characters of a command
MOST_LINES = 200  # of an exception
