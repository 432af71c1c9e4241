# Registers each run of this workflow: RUNNING when its jobs begin, brought up to date when all has ended.
# It lies beside the Snakefile, and a line there takes it in: include: "runstead.smk"

import atexit
import os
import subprocess
import sys


def tell_runstead(directory, *options):
    """Register the run in a directory. Whatever goes wrong, the workflow goes on."""
    command = ["runstead", "register", "wfrun", directory, "--yes", *options]
    try:
        # Apart from the workflow's output, and from Ctrl-C, which is for the workflow.
        subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=sys.stderr, start_new_session=True, check=True, timeout=3600
        )
    except (OSError, subprocess.SubprocessError) as problem:
        print(f"The run was not registered, the workflow goes on: {problem}", file=sys.stderr)


onstart:
    # At the start without files, as the log still grows. At the end when the log is whole, which it is not yet
    # in onsuccess and onerror.
    tell_runstead(os.getcwd(), "--ignore", "*")
    atexit.register(tell_runstead, os.getcwd())
