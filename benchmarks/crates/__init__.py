"""What crates cost: packing files beside ro-crate-py and beside copying them, and the metadata of a large run.

``python -m benchmarks.crates`` measures everything, ``--hurry`` a hundredth of it. Every figure is CPU (user and
system) of a process of its own, from after its imports to its last byte: the least of three, after all files
were read once. Memory is the most that the process ever had, with the interpreter, Django and the record.
"""
