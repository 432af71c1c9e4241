rule sort_reads:
    input:
        "data/{sample}.txt",
    output:
        sorted="results/{sample}.sorted.txt",
        note="results/{sample}, a note with a name that is much longer than what a file system would ever take for one name once it has been spelled in base 64, as the engine does with each output/of/{sample}.txt",
    log:
        "logs/sort_reads/{sample}.log",
    benchmark:
        "benchmarks/sort_reads/{sample}.tsv"
    params:
        order=config["order"],
        odd="a, b=c",
    threads: 2
    resources:
        mem_mb=100,
        runtime=5,
    retries: 1
    shell:
        """
        sort {params.order} {input} > {output.sorted} 2> {log}
        echo '{wildcards.sample}' > '{output.note}'
        """


rule report:
    input:
        expand("results/{sample}.sorted.txt", sample=config["samples"]),
    output:
        report("results/report.tsv", category="Counts"),
    message:
        "Counting lines"
    script:
        "../scripts/count.py"
