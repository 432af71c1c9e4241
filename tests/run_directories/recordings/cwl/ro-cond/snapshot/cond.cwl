cwlVersion: v1.2
class: Workflow
doc: [A step that is left out, and, an intermediate file.]
requirements: {InlineJavascriptRequirement: {}}
inputs: {fasta: File, wanted: {type: boolean, default: false}, settings: {type: Any, default: {deep: [1, 2]}}}
outputs:
  lines: {type: File, outputSource: count/count}
  maybe: {type: "File?", outputSource: extra/sorted}
steps:
  sort: {run: sort-tool.cwl, in: {infile: fasta}, out: [sorted]}
  count:
    run:
      class: CommandLineTool
      hints: {DockerRequirement: {dockerPull: "quay.io/biocontainers/coreutils:9.1"}}
      baseCommand: [wc, -l]
      inputs: {infile: {type: File, inputBinding: {position: 1}}}
      stdout: lines.txt
      outputs: {count: {type: stdout}}
    in: {infile: sort/sorted}
    out: [count]
  extra: {run: sort-tool.cwl, when: $(inputs.wanted), in: {infile: sort/sorted, wanted: wanted}, out: [sorted]}
