cwlVersion: v1.2
class: Workflow
label: The inner workflow
inputs: {fasta: File}
outputs: {sorted: {type: File, outputSource: sort/sorted}}
steps:
  sort: {run: sort-tool.cwl, in: {infile: fasta}, out: [sorted]}
