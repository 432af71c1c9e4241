cwlVersion: v1.2
class: CommandLineTool
label: Write a folder
doc: Writes a folder with two files, and a file with a companion.
baseCommand: [sh, -c]
hints:
  DockerRequirement: {dockerPull: "debian:12-slim"}
  SoftwareRequirement: {packages: {coreutils: {version: ["9.1"], specs: ["https://www.gnu.org/software/coreutils/"]}}}
arguments: ["mkdir -p made/deep && cp $1 made/a.txt && cp $1 made/deep/b.txt && cp $1 main.bam && cp $1 main.bam.bai", "tree"]
inputs: {infile: {type: File, inputBinding: {position: 1}}}
outputs:
  folder: {type: Directory, outputBinding: {glob: made}}
  reads: {type: File, secondaryFiles: [.bai], outputBinding: {glob: main.bam}}
