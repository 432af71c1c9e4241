{
    "$graph": [
        {
            "class": "Workflow",
            "label": "The inner workflow",
            "inputs": [
                {
                    "type": "File",
                    "id": "#inner.cwl/fasta"
                }
            ],
            "steps": [
                {
                    "run": "#sort-tool.cwl",
                    "in": [
                        {
                            "source": "#inner.cwl/fasta",
                            "id": "#inner.cwl/sort/infile"
                        }
                    ],
                    "out": [
                        "#inner.cwl/sort/sorted"
                    ],
                    "id": "#inner.cwl/sort"
                }
            ],
            "id": "#inner.cwl",
            "outputs": [
                {
                    "type": "File",
                    "outputSource": "#inner.cwl/sort/sorted",
                    "id": "#inner.cwl/sorted"
                }
            ]
        },
        {
            "class": "Workflow",
            "label": "Sort in a nested workflow, then count",
            "requirements": [
                {
                    "class": "InlineJavascriptRequirement"
                },
                {
                    "class": "ScatterFeatureRequirement"
                },
                {
                    "class": "StepInputExpressionRequirement"
                },
                {
                    "class": "SubworkflowFeatureRequirement"
                }
            ],
            "inputs": [
                {
                    "type": "int",
                    "default": 3,
                    "id": "#main/depth"
                },
                {
                    "type": {
                        "type": "array",
                        "items": "File"
                    },
                    "id": "#main/fasta"
                },
                {
                    "type": "string",
                    "id": "#main/label"
                }
            ],
            "outputs": [
                {
                    "type": "File",
                    "outputSource": "#main/count/count",
                    "id": "#main/count"
                },
                {
                    "type": {
                        "type": "array",
                        "items": "File"
                    },
                    "outputSource": "#main/inner/sorted",
                    "id": "#main/sorted"
                }
            ],
            "steps": [
                {
                    "$import": "#main/count"
                },
                {
                    "run": "#inner.cwl",
                    "scatter": "#main/inner/fasta",
                    "in": [
                        {
                            "source": "#main/fasta",
                            "id": "#main/inner/fasta"
                        }
                    ],
                    "out": [
                        "#main/inner/sorted"
                    ],
                    "id": "#main/inner"
                }
            ],
            "id": "#main"
        },
        {
            "class": "CommandLineTool",
            "label": "Sort lines",
            "baseCommand": "sort",
            "inputs": [
                {
                    "type": "File",
                    "inputBinding": {
                        "position": 2
                    },
                    "id": "#sort-tool.cwl/infile"
                },
                {
                    "type": [
                        "null",
                        "boolean"
                    ],
                    "inputBinding": {
                        "prefix": "-r",
                        "position": 1
                    },
                    "id": "#sort-tool.cwl/reverse"
                }
            ],
            "stdout": "sorted.txt",
            "outputs": [
                {
                    "type": "File",
                    "id": "#sort-tool.cwl/sorted",
                    "outputBinding": {
                        "glob": "sorted.txt"
                    }
                }
            ],
            "id": "#sort-tool.cwl"
        },
        {
            "class": "CommandLineTool",
            "label": "Count lines",
            "baseCommand": [
                "wc",
                "-l"
            ],
            "inputs": [
                {
                    "type": "File",
                    "inputBinding": {
                        "position": 1
                    },
                    "id": "#wc-tool.cwl/infile"
                }
            ],
            "stdout": "$(inputs.infile.nameroot).count.txt",
            "outputs": [
                {
                    "type": "File",
                    "id": "#wc-tool.cwl/count",
                    "outputBinding": {
                        "glob": "$(inputs.infile.nameroot).count.txt"
                    }
                }
            ],
            "hints": [
                {
                    "coresMin": 1,
                    "ramMin": 64,
                    "class": "ResourceRequirement"
                }
            ],
            "id": "#wc-tool.cwl"
        }
    ],
    "cwlVersion": "v1.2"
}