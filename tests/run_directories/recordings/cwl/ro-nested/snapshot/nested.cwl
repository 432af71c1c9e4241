cwlVersion: v1.2
class: Workflow
label: Sort in a nested workflow, then count
requirements: {StepInputExpressionRequirement: {}, InlineJavascriptRequirement: {}, SubworkflowFeatureRequirement: {}, ScatterFeatureRequirement: {}}
inputs: {fasta: "File[]", label: string, depth: {type: int, default: 3}}
outputs:
  sorted: {type: "File[]", outputSource: inner/sorted}
  count: {type: File, outputSource: count/count}
steps:
  inner:
    run: inner.cwl
    scatter: fasta
    in: {fasta: fasta}
    out: [sorted]
  count:
    run: wc-tool.cwl
    in: {infile: {source: inner/sorted, valueFrom: "$(self[0])"}}
    out: [count]
