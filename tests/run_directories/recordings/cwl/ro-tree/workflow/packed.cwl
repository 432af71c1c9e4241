{
    "class": "CommandLineTool",
    "label": "Write a folder",
    "doc": "Writes a folder with two files, and a file with a companion.",
    "baseCommand": [
        "sh",
        "-c"
    ],
    "hints": [
        {
            "dockerPull": "debian:12-slim",
            "class": "DockerRequirement"
        },
        {
            "packages": [
                {
                    "version": [
                        "9.1"
                    ],
                    "specs": [
                        "https://www.gnu.org/software/coreutils/"
                    ],
                    "package": "coreutils"
                }
            ],
            "class": "SoftwareRequirement"
        }
    ],
    "arguments": [
        "mkdir -p made/deep && cp $1 made/a.txt && cp $1 made/deep/b.txt && cp $1 main.bam && cp $1 main.bam.bai",
        "tree"
    ],
    "inputs": [
        {
            "type": "File",
            "inputBinding": {
                "position": 1
            },
            "id": "#main/infile"
        }
    ],
    "id": "#main",
    "outputs": [
        {
            "type": "Directory",
            "outputBinding": {
                "glob": "made"
            },
            "id": "#main/folder"
        },
        {
            "type": "File",
            "secondaryFiles": [
                {
                    "pattern": ".bai",
                    "required": null
                }
            ],
            "outputBinding": {
                "glob": "main.bam"
            },
            "id": "#main/reads"
        }
    ],
    "cwlVersion": "v1.2"
}