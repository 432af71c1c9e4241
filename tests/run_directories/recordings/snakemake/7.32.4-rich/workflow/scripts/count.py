from pathlib import Path

lines = [f"{name}\t{len(Path(name).read_text().splitlines())}\n" for name in snakemake.input]
Path(snakemake.output[0]).write_text("".join(lines))
